"""A cooperative's book with one of everything in it, every text of which bears the book's own token.

Made by the services, on TODAY. `ids` names what the addresses of the site ask for.
"""

import datetime as dt
import io
from dataclasses import dataclass
from functools import cache

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.documents.services import prepared
from retkoop.documents.tests.samples import pdf_bytes, text_pdf
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent, Cooperative, Person, Role
from retkoop.identity.services import appoint_by_letter, create_person, give_mandate, invite
from retkoop.interchange.new_cooperatives import SchoolLine
from retkoop.interchange.services.new_cooperatives import import_cooperatives
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import Entry, FiscalYear, Posting, Proposal, Treasury
from retkoop.ledger.services import (
    actions,
    closing,
    deposits,
    drafts,
    entries,
    follow,
    openings,
    pointing,
    receipts,
    statement_scans,
    treasuries,
)
from retkoop.membership.queries.adhesions import Declared
from retkoop.membership.services.cards import CardFacts, ClassFacts, save_card
from retkoop.membership.services.creation import NewSchool
from retkoop.membership.services.resignations import resign
from retkoop.membership.services.validation import validate_sheet
from retkoop.membership.tests.adhesion_desk import make_adhesion_desk
from retkoop.yearend.services import papers, verifiers
from retkoop.yearend.services.past_reports import PastRow, type_past_report
from retkoop.yearend.services.questionnaires import load_shipped
from retkoop.yearend.services.quitus import Signer
from retkoop.yearend.services.reports import ensure_report

TODAY = dt.date(2025, 10, 6)
SEPTEMBER = dt.date(2025, 9, 15)
OLD = dt.date(2024, 3, 10)


@cache
def _pdf_file(words: str) -> bytes:
    pdf = text_pdf()
    pdf.pages[0].obj.Contents = pdf.make_stream(f"BT /F1 24 Tf 60 700 Td ({words}) Tj ET".encode())
    return pdf_bytes(pdf)


@dataclass
class FullBook:
    """The book of `cooperative`: its three years (the first closed), its accounts, what is in it."""

    cooperative: Cooperative
    author: Author
    token: str
    years: list[FiscalYear]
    bank: Treasury
    cash: Treasury
    ids: dict[str, int]

    @property
    def year(self) -> FiscalYear:
        """The one of today."""
        return self.years[-1]

    def write(
        self, label: str, bank: int = 0, cash: int = 0, account: str = "", day: dt.date = SEPTEMBER, **facts: object
    ) -> Entry:
        """An entry in the year of its day: cents on the bank and on the cash box, the rest on one account."""
        lines = [Line("bank", bank, self.bank.pk)] if bank else []
        lines += [Line("cash", cash, self.cash.pk)] if cash else []
        lines += [Line(account, -bank - cash)] if account else []
        year = next(row for row in self.years if row.start <= day <= row.end)
        content = EntryContent(day, f"{label} {self.token}", tuple(lines), **facts)  # type: ignore[arg-type]
        return entries.record_entry(year=year, content=content, author=self.author)

    def bank_line(self, entry: Entry) -> Posting:
        """Its live line on the bank."""
        return Posting.objects.get(entry=entry, treasury=self.bank, until_version=None)


def make_full_book(cooperative: Cooperative, author: Author, token: str, *, documents: bool = True) -> FullBook:
    """Inside `travel(TODAY)`, once the chart is loaded. Without `documents` nothing is stored on disk."""
    load_shipped()
    began = dt.date(2023, 9, 1)
    open_account = {"cooperative": cooperative, "opened": began, "author": author}
    bank = treasuries.open_treasury(account="bank", label=f"Banque {token}", **open_account)
    cash = treasuries.open_treasury(account="cash", label=f"Caisse {token}", **open_account)
    other = treasuries.open_treasury(account="postal_bank", label=f"Postale {token}", **open_account)
    years = openings.open_first_year(cooperative=cooperative, first=SchoolYear(2023), today=TODAY, author=author)
    book = FullBook(cooperative, author, token, years, bank, cash, {"treasury": other.pk})
    item = openings.OpeningItemContent(dt.date(2023, 8, 20), f"Librairie {token}", -5_000, "4000101")
    contents = [openings.OpeningContent(bank, 100_000, dt.date(2023, 8, 31), (item,)), openings.OpeningContent(cash, 2_000)]
    openings.type_opening(year=years[0], on=began, contents=contents, author=author)
    book.write("Bus d’alors", bank=-1_000, account="activities", day=OLD, cheque="4000102", means="cheque")
    closing.close_year(year=years[0], author=author)

    _entries(book)
    _follow(book)
    _quitus(book)
    _final_adhesion(book)
    _adhesion(book)
    book.ids["report"] = ensure_report(year=years[1], author=author).pk
    helper = Author(author.person, cooperative.association)
    past = PastRow(cooperative, 2021, {"bank": 90_000, "brought_forward": 90_000})
    book.ids["past"] = type_past_report(row=past, author=helper).pk
    _card(book)
    _people(book)
    if documents:
        _documents(book)
    return book


def _card(book: FullBook) -> None:
    """The identity, with an IBAN that waits."""
    token, cooperative = book.token, book.cooperative
    facts = CardFacts(
        cooperative.name,
        cooperative.town,
        street=f"Rue {token}",
        bank_name=f"Banque {token}",
        iban="FR7630006000011234567890189",
    )
    classes = [ClassFacts(None, f"CP {token}", "elementary")]
    save_card(cooperative=cooperative, facts=facts, classes=classes, version=0, author=book.author)
    book.ids["cooperative"] = cooperative.pk


def import_one(book: FullBook) -> int:
    """A file by which the AD created one more cooperative: the id of the import."""
    cooperative, author = book.cooperative, Author(book.author.person, book.cooperative.association)
    new = NewSchool(f"9{cooperative.number}", "École neuve", "", "Paul Neuf", "", 2025)
    lines = [SchoolLine(2, new)]
    made = import_cooperatives(association=cooperative.association, lines=lines, file_name=f"{book.token}.csv", author=author)
    book.ids["batch"] = made.pk
    return made.pk


def _people(book: FullBook) -> None:
    """A keeper of the books without address, someone invited; in the AD, a colleague invited and one at work."""
    cooperative, ends = book.cooperative, dt.date(2030, 8, 31)
    helper, name = Author(book.author.person, cooperative.association), book.token.replace("JETON", "NOM")
    keeper, _ = appoint_by_letter(
        cooperative=cooperative, role=Role.BOOKKEEPER, full_name=f"Zoé {name}", ends=ends, author=helper
    )
    told = {"full_name": f"Guy {name}", "email": f"guy-{cooperative.identifier}@exemple.fr", "ends": ends}
    invited = invite(organisation=cooperative, role=Role.READER, author=book.author, **told)  # type: ignore[arg-type]
    staff = cooperative.association
    colleague = invite(organisation=staff, role=Role.AD_READER, author=book.author, **told | {"full_name": "Guy"})  # type: ignore[arg-type]
    person = create_person(full_name="Ève", email=f"eve-{cooperative.identifier}@exemple.fr")
    member = give_mandate(person=person, role=Role.AD_SECRETARY, organisation=staff, starts=dt.date(2023, 9, 1), ends=ends)
    invited_by = AuditEvent.objects.get(subject_type="invitation", subject_id=invited.pk)
    book.ids |= {
        "event": invited_by.pk,
        "mandate": keeper.pk,
        "invitation": invited.pk,
        "staff_invitation": colleague.pk,
        "member": member.pk,
    }


def _entries(book: FullBook) -> None:
    token, ids, author = book.token, book.ids, book.author
    action = actions.create_action(cooperative=book.cooperative, name=f"Classe de mer {token}", author=author)
    first = book.write(
        "Bus", bank=-12_345, account="activities", piece="7", cheque="4000117", means="cheque",
        action=action.name, counterparty=f"Voisins {token}",
    )  # fmt: skip
    gone = book.write("Erreur", bank=-50, account="activities")
    entries.cancel_entry(entry=gone, version=1, author=author)
    slips = [deposits.Slip(f"Mme {token}", f"Crédit {token}", 1_500), deposits.Slip("", "", 500)]
    content = EntryContent(
        SEPTEMBER, f"Remise {token}", (Line("bank", 2_000, book.bank.pk), Line("family_contributions", -2_000)), piece="8"
    )
    deposit = deposits.record_deposit(year=book.year, content=content, slips=slips, author=author)
    book.write("Retrait", bank=-3_000, cash=3_000)
    typed = {"je": "complet", "label": f"Brouillon {token}", "date": "06/10/2025", "out_banque": "12"}
    draft = drafts.save_draft(year=book.year, typed=typed, author=author)
    ids |= {"action": action.pk, "entry": first.pk, "gone": gone.pk, "deposit": deposit.pk, "draft": draft.pk}
    ids["posting"] = book.bank_line(first).pk


def _follow(book: FullBook) -> None:
    token, ids, author = book.token, book.ids, book.author
    town = book.write("Mairie", bank=20_000, account="public_grants")
    grant = follow.GrantContent("town", f"Mairie de {token}", f"Classe verte {token}", 20_000, SEPTEMBER, town)
    ids["grant"] = follow.save_grant(year=book.year, content=grant, author=author).pk
    camera = book.write("Appareil photo", bank=-9_000, account="durable_goods")
    thing = follow.InventoryContent(f"Appareil {token}", SEPTEMBER, 9_000, f"Classe {token}", camera)
    ids["line"] = follow.save_inventory_line(cooperative=book.cooperative, content=thing, author=author).pk
    count = follow.count_cash(year=book.year, treasury=book.cash, on=TODAY, pieces={2_000: 2}, author=author)
    statement = pointing.save_statement(treasury=book.bank, ends_on=dt.date(2025, 9, 30), closing_cents=1, author=author)
    ids |= {"count": count.pk, "statement": statement.pk, "camera": camera.pk}
    pointing.set_tick(posting=book.bank_line(camera), ticked=True, statement=statement, author=author)


def _quitus(book: FullBook) -> None:
    """Of the year before today's: asked without paper, with a question, and a statement come by post."""
    token, year = book.token, book.years[1]
    signers = [
        Signer(f"Léa {token}", "parent", f"lea-{token}@exemple.fr"),
        Signer("Marc Voisin", "teacher", f"m-{token}@exemple.fr"),
    ]
    asked = verifiers.invite(year=year, signers=signers, author=book.author)
    first = asked.verifiers.earliest("pk")
    question = verifiers.ask_question(verifier=first, number=0, text=f"Pourquoi {token} ?")
    helping = Author(book.author.person, book.cooperative.association)
    paper = papers.record_post(year=year, subject="bank:banque", received_on=TODAY, author=helping)
    book.ids |= {"quitus": asked.pk, "verifier": first.pk, "question": question.pk, "paper": paper.pk}


def _adhesion(book: FullBook) -> None:
    """This year's, being filled in."""
    make_adhesion_desk(book.cooperative, book.author.person).fill((Declared(f"Classe de {book.token}", 20, 1),))


def _final_adhesion(book: FullBook) -> None:
    """Of the year before today's, validated and engaged to; and a letter that ends the membership next year."""
    first, token, helping = 2024, book.token, Author(book.author.person, book.cooperative.association)
    with travel(dt.date(first, 10, 6)):
        desk = make_adhesion_desk(book.cooperative, book.author.person or Person(), first)
        sheet = desk.fill((Declared(f"Classe {token}", 20, 1),), first=first)
        if book.cooperative.mandates.filter(person=book.author.person).exists():
            desk.engage(first)
        book.ids["sheet"] = validate_sheet(sheet=desk.send(sheet), author=helping).pk
    day = dt.date(2025, 10, 1)
    left = resign(
        cooperative=book.cooperative, first=2026, written_on=day, received_on=day, reason=f"Fermeture {token}", author=helping
    )
    book.ids["resignation"] = left.pk


def _documents(book: FullBook) -> None:
    entry, statement = Entry.objects.get(pk=book.ids["entry"]), book.bank.statements.get(pk=book.ids["statement"])
    for name in ("facture", "retiree", "releve"):
        words = f"{name} {book.token}"
        with prepared(
            name=f"{words}.pdf", stream=io.BytesIO(_pdf_file(words)), content_type_claimed="application/pdf"
        ) as ready:
            if name == "releve":
                statement_scans.attach_scan(statement=statement, ready=ready, author=book.author)
                continue
            attached = receipts.attach_receipts(entry=entry, ready=[ready], author=book.author)[0]
            if name == "retiree":
                book.ids["removed"] = receipts.remove_receipt(attachment=attached, author=book.author).pk
            else:
                book.ids |= {"attachment": attached.pk, "document": attached.document_id or 0}


def propose(book: FullBook, to: FullBook) -> None:
    """A transfer from one book which proposes its mirror in the other."""
    book.write("Versement", bank=-4_321, account="exceptional_charges", counterparty=to.cooperative.identifier)
    to.ids["proposal"] = Proposal.objects.get(cooperative=to.cooperative, source="transfer").pk
