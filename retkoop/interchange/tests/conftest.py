"""Fixtures of this room's tests: the teacher at the entry form, as in the books' own."""

from retkoop.ledger.tests.conftest import entry_desk

__all__ = ["entry_desk"]
