"""The school year, 1 September to 31 August, named by both its calendar years (« 2025-2026 »)."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class SchoolYear:
    """A school year by the calendar year in which it begins."""

    first: int

    @property
    def start(self) -> dt.date:
        """1 September."""
        return dt.date(self.first, 9, 1)

    @property
    def end(self) -> dt.date:
        """31 August."""
        return dt.date(self.first + 1, 8, 31)

    @property
    def slug(self) -> str:
        """« 2025-2026 », as the guides write it."""
        return f"{self.first}-{self.first + 1}"

    def __str__(self) -> str:
        return self.slug

    @classmethod
    def of(cls, day: dt.date) -> "SchoolYear":
        """The year that contains the day."""
        return cls(day.year if day.month >= 9 else day.year - 1)

    @classmethod
    def parse(cls, slug: str) -> "SchoolYear":
        """From « 2025-2026 ». Raises ValueError when it is not one."""
        first, _, last = slug.partition("-")
        if not (first.isdigit() and last.isdigit() and len(first) == 4 and int(last) == int(first) + 1):
            message = f"not a school year: {slug!r}"
            raise ValueError(message)
        return cls(int(first))
