"""What the address of the cahier says: its sort, its filter, its page; and the same as an address."""

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode

from retkoop.ledger.queries.cahier import DATE, Choice

LONGEST = 80
_LAST_PAGE = 100_000


def choice_of(asked: Mapping[str, str]) -> Choice:
    """The choice that an address makes; what is unreadable in it counts for nothing."""
    return Choice(
        text=" ".join(asked.get("q", "").split())[:LONGEST],
        month=_month(asked.get("mois", "")),
        account=asked.get("compte", "")[:10],
        action=_whole(asked.get("action", "")),
        unpointed=asked.get("pointage") == "non",
        without_receipt=asked.get("justificatif") == "manquant",
        cancelled=asked.get("annulees") == "oui",
        sort=asked.get("tri", "")[:30] or DATE,
        descending=asked.get("sens") == "desc",
        page=_whole(asked.get("page", "")) or 1,
    )


def query_of(choice: Choice, *, annee: str = "") -> str:
    """The address's query for a choice, without « ? »; empty for the usual one. `annee`: « annee=2024-2025 » or ""."""
    parts = {
        "q": choice.text,
        "mois": f"{choice.month:%Y-%m}" if choice.month else "",
        "compte": choice.account,
        "action": str(choice.action or ""),
        "pointage": "non" if choice.unpointed else "",
        "justificatif": "manquant" if choice.without_receipt else "",
        "annulees": "oui" if choice.cancelled else "",
        "tri": "" if choice.sort == DATE else choice.sort,
        "sens": "desc" if choice.descending else "",
        "page": "" if choice.page == 1 else str(choice.page),
    }
    query = urlencode({name: value for name, value in parts.items() if value})
    return "&".join(part for part in (annee, query) if part)


def _month(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= 9 and int(text) <= _LAST_PAGE * 1000 else None
