"""Fixtures of the books' tests."""

from collections.abc import Iterator

import pytest

from retkoop.core.clock import travel
from retkoop.ledger.tests.entry_desk import TODAY, EntryDesk, make_entry_desk


@pytest.fixture
def entry_desk(cast) -> Iterator[EntryDesk]:
    """A teacher at the entry form, on 6 October 2025."""
    with travel(TODAY):
        yield make_entry_desk(cast)
