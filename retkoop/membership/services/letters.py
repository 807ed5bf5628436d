"""Opening the accesses of many mandataires at once: letters on paper, or e-mails. Nobody here learns a password.

Who has an address is written to there, who has none gets a letter; whoever
has chosen a password already gets neither. Each new link ends the one before.
"""

from collections.abc import Callable, Sequence

from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.identity.models import Association, Mandate
from retkoop.identity.services import make_letter, start_access


def prepare_letters(
    *,
    association: Association,
    mandates: Sequence[Mandate],
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> tuple[int, list[str]]:
    """A link of 14 days for each mandate's letter: (how many, who could not have one and why)."""
    return _each(association, mandates, author, operation, "letters.made", _letter)


def send_accesses(
    *,
    association: Association,
    mandates: Sequence[Mandate],
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> tuple[int, list[str]]:
    """A link by e-mail to each mandate's person: (how many, who could not be written to and why)."""
    return _each(association, mandates, author, operation, "accesses.sent", _mail)


def _each(
    association: Association,
    mandates: Sequence[Mandate],
    author: audit.Author,
    operation: audit.Operation | None,
    verb: str,
    start: Callable[[Mandate, audit.Author], None],
) -> tuple[int, list[str]]:
    done, refused = [], []
    with audit.general_act(author, verb, operation=operation) as act:
        for mandate in mandates:
            try:
                start(mandate, author)
            except Refusal as refusal:
                refused.append(f"{mandate.person.full_name} : {refusal.message}")
            else:
                done.append(mandate.pk)
        act.about("association", association.pk)
        act.payload = {"mandates": done}
    return len(done), refused


def _letter(mandate: Mandate, author: audit.Author) -> None:
    make_letter(mandate=mandate, author=author)


def _mail(mandate: Mandate, author: audit.Author) -> None:
    if mandate.person.has_usable_password():
        message = "le mot de passe est déjà choisi."
        raise Refusal(message)
    start_access(mandate=mandate, author=author)
