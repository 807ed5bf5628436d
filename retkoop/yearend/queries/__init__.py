"""The reads of the yearly report."""
