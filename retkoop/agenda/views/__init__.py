"""The calendar of a cooperative, and that of an AD."""
