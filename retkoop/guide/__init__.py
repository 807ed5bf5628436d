"""The French user guide served at /aide/: chapters, contents, search; no tables."""
