"""Reads of the books: functions that return querysets or frozen data, never write."""
