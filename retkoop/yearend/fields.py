"""The places of a report to which the AD may pin a reason, by name.

A figure: the account's code (« 6180 », « 512 »), « brought_forward », « reconciliation », « cash », « grants ».
An answer of the CRA: « cra.<question> »; a document: « paper:<what it proves> »; the quitus: « quitus ». The whole: « report ».
"""

from retkoop.yearend.queries.papers import QUITUS_SUBJECT, Need

WHOLE = "report"
_ELSEWHERE = ("cra", "paper", "quitus", WHOLE)
PAGES = {
    "cra": "/compte-rendu/cra/",
    "paper": "/compte-rendu/documents/",
    "quitus": "/compte-rendu/quitus/",
    "reconciliation": "/pointage/",
    "cash": "/caisse/",
    "grants": "/subventions/",
}


def is_figure(field: str) -> bool:
    """Does it rest on the books (or on a typed total), and not on an answer or a document?"""
    return not field.startswith(_ELSEWHERE)


def page_of(field: str, *, books: bool) -> str:
    """Where the cooperative mends it."""
    begins = next((name for name in PAGES if field.startswith(name)), "")
    if begins in _ELSEWHERE or (books and begins):
        return PAGES[begins]
    if books and field.isdigit():
        return f"/cahier/?compte={field}"
    return "/compte-rendu/crf/"


def paper_field(need: Need) -> str:
    """The name of a document's place: « quitus », « paper:grant:12 »."""
    return "quitus" if need.subject == QUITUS_SUBJECT else f"paper:{need.subject}"
