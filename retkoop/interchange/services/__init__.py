"""Whole books in: each import is one act, all or nothing, into an empty year."""
