"""The worked year and its report, with short words for the stories of a quitus."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.test import Client

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import Cast, signed_in
from retkoop.identity.tests.letters import letters
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.services.entries import record_entry
from retkoop.ledger.tests.worked import LAST_DAY, TODAY, Worked
from retkoop.yearend.models import Quitus, Verifier
from retkoop.yearend.services.quitus import Signed, Signer, make_quitus, sign_on_paper
from retkoop.yearend.services.verifiers import invite
from retkoop.yearend.tests.worked import make_reconciled

LEA = Signer("Léa Parent", "parent", "lea@exemple.fr")
MARC = Signer("Marc Voisin", "teacher", "marc@exemple.fr")

CODE = re.compile(r"^(\d{3} \d{3})$", re.MULTILINE)


@dataclass
class QuitusDesk:
    """The cooperative's teacher, its AD, and its year."""

    cast: Cast
    worked: Worked
    author: Author
    helping: Author

    @property
    def year(self) -> FiscalYear:
        return FiscalYear.objects.select_related("cooperative__association").get(pk=self.worked.year.pk)

    @property
    def client(self) -> Client:
        return signed_in(self.cast.mandataire_a)

    @property
    def ad_client(self) -> Client:
        return signed_in(self.cast.ad_accountant, self.cast.cooperative_a)

    def post(self, path: str, client: Client | None = None, **fields: object):
        """Send a form with a new key; the answer."""
        return (client or self.client).post(path, {"operation_key": uuid.uuid4().hex} | fields)

    def invite(self, *signers: Signer) -> Quitus:
        return invite(year=self.year, signers=signers, author=self.author)

    def print(self, kind: str = "paper") -> Quitus:
        return make_quitus(year=self.year, kind=kind, author=self.author)

    def sign(self, quitus: Quitus, *signers: Signer) -> Quitus:
        """As the AD records it by post: no file is needed."""
        signed = Signed(signers)
        return sign_on_paper(quitus=quitus, signed=signed, document=None, by_post=TODAY, author=self.helping)

    def change_books(self, cents: int = 100) -> None:
        """A new expense on the last day."""
        lines = (Line("bank", -cents, self.worked.bank.pk), Line("activities", cents))
        record_entry(year=self.year, content=EntryContent(LAST_DAY, "Feutres", lines), author=self.author)


def make_quitus_desk(cast: Cast) -> QuitusDesk:
    """On TODAY."""
    author = Author(cast.mandataire_a)
    worked = make_reconciled(cast.cooperative_a, author)
    return QuitusDesk(cast, worked, author, Author(cast.ad_accountant, cast.ad_085))


@contextmanager
def on_the_day() -> Iterator[None]:
    with travel(TODAY):
        yield


def link_of(verifier: Verifier) -> str:
    """The path in the last invitation sent to that address."""
    sent = [letter for letter in letters() if letter.to == verifier.email and "/quitus/" in letter.text]
    return urlsplit(sent[-1].link).path


def code_of(verifier: Verifier) -> str:
    """The digits of the last code sent to that address."""
    found = [CODE.search(letter.text) for letter in letters() if letter.to == verifier.email]
    return [code[1] for code in found if code][-1].replace(" ", "")
