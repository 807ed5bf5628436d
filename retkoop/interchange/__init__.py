"""Whole books in and out: canonical export and import, French CSV import, backup and restore."""
