"""How to fill an address of the site: which part of it names a thing of a book, and which does not."""

import re

PART = re.compile(r"<(?:(\w+):)?(\w+)>")
BY_NAME = {
    "entry_id": "entry", "draft_id": "draft", "posting_id": "posting", "attachment_id": "attachment", "count_id": "count",
    "grant_id": "grant", "line_id": "line", "action_id": "action", "proposal_id": "proposal", "identifier": "identifier",
    "quitus_id": "quitus", "verifier_id": "verifier", "question_id": "question", "paper_id": "paper",
    "document_id": "document", "resignation_id": "resignation",
    "mandate_id": "mandate", "invitation_id": "invitation", "member_id": "member",
    "staff_invitation_id": "staff_invitation", "code": "code", "event_id": "event",
}  # fmt: skip
BY_PLACE = {
    "/documents/": "document", "/pointage/ligne/": "posting", "/pointage/": "statement", "/ouverture/comptes/": "treasury",
    "/ad/cooperatives/imports/": "batch", "/ad/cooperatives/": "cooperative",
    "/ad/reouvertures/": "reopening", "/ad/comptes-rendus/": "report", "/ad/archives/": "past",
    "/ad/adhesions/": "sheet",
}  # fmt: skip
BY_PAGE = {"deposit-amend": "deposit", "deposit-slip": "deposit", "entry-restore": "gone", "receipt-restore": "removed"}
FREE = {
    "access": {"token": "no-such-token"}, "account-email-confirm": {"token": "no-such-token"},
    "guide_image": {"name": "no-such-image"}, "guide_chapter": {"slug": "cahier"}, "ventilation-own": {"key": "photos-classe"},
    **{f"verifier{name}": {"token": "no-such-link"} for name in ("", "-seen", "-question", "-code", "-decision")},
    "verifier-document": {"token": "no-such-link", "pk": "1", "number": "1"},
    **{f"served-{name}": {"slug": "2023-2024"} for name in ("book", "book-pdf", "report")},
    "invitation": {"token": "no-such-token"},
    "import-confirm": {"digest": "0" * 64}, "document-page": {"number": "1"}, "ad-report-page": {"number": "1"},
    **{f"proof-{name}": {"first": "2024"} for name in ("attestation", "certificate")},
    **{f"federal-{name}": {"code": "085"} for name in ("share", "statement")}, "federal-payment-cancel": {"payment_id": "1"},
    "archive": {"slug": "2023-2024"}, "archive-council": {"slug": "2023-2024"}, "archive-pupils": {"slug": "2023-2024"},
    "archive-document": {"slug": "2021-2022"},
}  # fmt: skip
ABSENT = {"identifier": "085-998", "code": "999"}


def parts(pattern: str, page: str) -> dict[str, str]:
    """Part of the address → what it names in a book (a key of `FullBook.ids`). Raises LookupError for an unknown one."""
    named = {}
    for _, part in PART.findall(pattern):
        if part in FREE.get(page, {}):
            continue
        place = next((what for begins, what in BY_PLACE.items() if pattern.startswith(begins)), "")
        what = BY_PAGE.get(page) or BY_NAME.get(part) or (place if part == "pk" else "")
        if not what:
            raise LookupError(f"{pattern}: what is <{part}>? Say it in tests/addresses.py")
        named[part] = what
    return named


def address(pattern: str, page: str, values: dict[str, object]) -> str:
    """The pattern with its parts replaced."""
    return PART.sub(lambda found: str({**FREE.get(page, {}), **values}[found[2]]), pattern)
