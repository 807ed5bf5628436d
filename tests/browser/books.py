"""Books that the browser tests visit: one where everything exists, and examples of every address in it."""

import datetime as dt
import io

from PIL import Image, ImageDraw

from retkoop.core import canonical
from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.demo.desk import Desk
from retkoop.demo.stories import Richness, year_story
from retkoop.documents.models import Document
from retkoop.documents.services import receive
from retkoop.identity import services as identity
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent, Cooperative, Invitation, LinkPurpose, Mandate, Role
from retkoop.interchange.new_cooperatives import SchoolLine
from retkoop.interchange.services.new_cooperatives import import_cooperatives
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import Action, CashCount, Draft, Entry, Grant, InventoryLine, Posting, ReopeningRequest, Statement
from retkoop.ledger.models import Attachment as Receipt
from retkoop.ledger.services import closing, deposits, drafts, entries, follow, openings
from retkoop.membership.models import CreationBatch, Sheet
from retkoop.membership.services.creation import NewSchool
from retkoop.membership.services.validation import validate_sheet
from retkoop.membership.tests.adhesion_desk import make_adhesion_desk
from retkoop.membership.tests.campaign_desk import make_cooperative
from retkoop.yearend.models import PastReport, Quitus, Report, Verifier
from retkoop.yearend.queries.quitus import drawn_entries
from retkoop.yearend.services.papers import record_post
from retkoop.yearend.services.past_reports import PastRow, type_past_report
from retkoop.yearend.services.verifiers import ask_question, invite
from retkoop.yearend.tests.quitus_desk import LEA, MARC, link_of
from tests.browser.school import SCHOOL_DAY

MODEST = Richness(purchases=2, cash_box=True, grants=True, fair=True)


def picture(words: str = "Facture") -> bytes:
    """A receipt photographed on a table."""
    sheet = Image.new("RGB", (620, 877), (250, 248, 240))
    draw = ImageDraw.Draw(sheet)
    for line in range(12):
        draw.text((60, 60 + 50 * line), f"{words}, ligne {line + 1}", fill=(30, 30, 40), font_size=24)
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG")
    return buffer.getvalue()


def full_book(cooperative: Cooperative, author: Author) -> None:
    """Three years, of which one is closed, one is over and not closed, one runs; and one of everything that waits."""
    first = SchoolYear(2024)
    openings.open_first_year(cooperative=cooperative, first=first, today=SCHOOL_DAY, author=author)
    desk = Desk(cooperative, author, first, cash=True, postal=False)
    years = list(cooperative.years.order_by("start"))
    desk.open(years[0], 240_000, 3_000)
    with travel(years[0].start):
        proof = receive(
            cooperative=cooperative, author=author, name="facture.jpg", stream=io.BytesIO(picture()),
            content_type_claimed="image/jpeg",
        )  # fmt: skip
    for index, year in enumerate(years[:2]):
        story = year_story(f"browser/{index}", MODEST)
        done = desk.live(year, story, until=year.end, unpointed=2, documents=[proof], missing=2)
        desk.finish(year, done)
        if index == 0:
            desk.close(year)
    running = years[2]
    story = year_story("browser/2", MODEST)[:14]
    squeezed = [type(event)(**{**vars(event), "at": rank / 15}) for rank, event in enumerate(story)]
    desk.live(running, squeezed, until=SCHOOL_DAY, unpointed=3, documents=[proof], missing=1)
    _waiting(desk, author)
    _checked(cooperative, author)
    _people(cooperative, author)
    _adhesions(cooperative, author)
    past = PastRow(cooperative, 2022, {"bank": 90_000, "brought_forward": 90_000})
    type_past_report(row=past, author=Author(author.person, cooperative.association))
    closing.request_reopening(year=years[0], reason="Une facture retrouvée dans un tiroir", author=author)


def _waiting(desk: Desk, author: Author) -> None:
    """A draft, a deposit, a cancelled entry, a cash count that does not fit."""
    running = desk.cooperative.years.order_by("start").last()
    assert running is not None
    assert desk.cash is not None
    day = dt.date(2026, 10, 8)
    drafts.save_draft(year=running, typed={"je": "complet", "label": "Goûter de la semaine du goût"}, author=author)
    lines = (Line("bank", 4_500, desk.bank.pk), Line("family_contributions", -4_500))
    slips = (deposits.Slip("Famille Petit", "La Banque Postale", 2_500), deposits.Slip("", "Crédit Mutuel", 2_000))
    content = EntryContent(day, "Remise de chèques n° 4", lines, piece="R90", means="cheque")
    deposits.record_deposit(year=running, content=content, slips=slips, author=author)
    spent = (Line("bank", -990, desk.bank.pk), Line("activities", 990))
    mistake = EntryContent(day, "Achat compté deux fois", spent, piece="D90")
    entry = entries.record_entry(year=running, content=mistake, author=author)
    entries.cancel_entry(entry=entry, version=entry.version, author=author)
    follow.count_cash(year=running, treasury=desk.cash, on=day, pieces={500: 2, 200: 1}, author=author)


def _people(cooperative: Cooperative, author: Author) -> None:
    """A keeper of the books who waits for a letter, and somebody invited."""
    helping = Author(author.person, cooperative.association)
    identity.appoint_by_letter(cooperative=cooperative, role=Role.BOOKKEEPER, full_name="Zoé Lettre", author=helping)
    identity.invite(organisation=cooperative, role=Role.VERIFIER, full_name="Guy Parent", email="guy@exemple.fr", author=author)


def _adhesions(cooperative: Cooperative, author: Author) -> None:
    """Last year's, final; this year's is to begin, and a neighbour's waits for the AD, which has imported another one."""
    assert author.person is not None
    helping = Author(author.person, cooperative.association)
    with travel(dt.date(2025, 10, 1)):
        desk = make_adhesion_desk(cooperative, author.person, 2025)
        sheet = desk.fill(first=2025)
        desk.engage(2025)
        validate_sheet(sheet=desk.send(sheet), author=helping)
    import_cooperatives(
        association=cooperative.association, lines=[SchoolLine(2, NewSchool("902", "École neuve", "", "Paul Neuf", "", 2025))],
        file_name="coops.csv", author=helping,
    )  # fmt: skip
    neighbour = make_adhesion_desk(*make_cooperative(cooperative.association, "901"), 2026)
    neighbour.send(neighbour.fill(first=2026))


def _checked(cooperative: Cooperative, author: Author) -> None:
    """The quitus of the year that ended, asked without paper, with a question; its statement came by post."""
    year = cooperative.years.order_by("start")[1]
    asked = invite(year=year, signers=(LEA, MARC), author=author)
    lea = asked.verifiers.earliest("pk")
    ask_question(verifier=lea, number=drawn_entries(asked)[0].number, text="À quoi sert cette dépense ?")
    helping = Author(author.person, cooperative.association)
    record_post(year=year, subject="bank:banque", received_on=SCHOOL_DAY, author=helping)


def _invited(mandate: Mandate) -> str:
    """The token of a live invitation: its own is in the letter alone."""
    token, author = "invitation-sur-papier", Author(mandate.person)
    organisation = mandate.cooperative
    assert organisation is not None
    made = identity.invite(
        organisation=organisation, role=Role.READER, full_name="Zoé Lectrice", email="zoe@exemple.fr", author=author
    )
    Invitation.objects.filter(pk=made.pk).update(token_sha=canonical.sha256(token))
    return token


def examples(cooperative_id: int) -> dict[str, object]:
    """A value for each parameter of the site's addresses; `page name.parameter` wins over `parameter`."""
    own = {"cooperative_id": cooperative_id}
    live = Posting.objects.filter(until_version__isnull=True, treasury__kind="bank", year__closed_at__isnull=True, **own)
    waiting = live.filter(statement__isnull=True, entry__number__gt=0, cents__lt=0).latest("pk")
    entry = Entry.objects.filter(pk=waiting.entry_id).get()
    deposit = Entry.objects.get(label="Remise de chèques n° 4", **own)
    receipt = Receipt.objects.filter(entry__cooperative=cooperative_id, entry__year__closed_at__isnull=True).latest("pk")
    mandate = Mandate.objects.get(role=Role.MANDATAIRE, **own)
    keeper = Mandate.objects.get(role=Role.BOOKKEEPER, **own)
    return {
        "entry_id": entry.pk,
        "action_id": Action.objects.filter(**own).latest("pk").pk,
        "deposit-amend.entry_id": deposit.pk,
        "deposit-slip.entry_id": deposit.pk,
        "posting_id": waiting.pk,
        "draft_id": Draft.objects.get(**own).pk,
        "attachment_id": receipt.pk,
        "receipts.entry_id": receipt.entry_id,
        "count_id": CashCount.objects.filter(**own).latest("pk").pk,
        "grant_id": Grant.objects.filter(**own).latest("pk").pk,
        "line_id": InventoryLine.objects.filter(**own).latest("pk").pk,
        "statement_id": Statement.objects.filter(treasury__cooperative=cooperative_id).latest("ends_on").pk,
        "pk": Document.objects.filter(**own).latest("pk").pk,
        "pointing-line.pk": waiting.pk,
        "ad-reopening.pk": ReopeningRequest.objects.filter(**own).latest("pk").pk,
        "ad-report.pk": Report.objects.filter(**own).latest("pk").pk,
        "document_id": Document.objects.filter(**own).latest("pk").pk,
        "number": 1,
        "mandate_id": keeper.pk,
        "member_id": Mandate.objects.filter(association__isnull=False).latest("pk").pk,
        "event_id": AuditEvent.objects.get(subject_type="mandate", subject_id=keeper.pk, verb="give_mandate").pk,
        "code": "085",
        "invitation.token": _invited(mandate),
        "token": identity.issue_link(person=mandate.person, purpose=LinkPurpose.ACTIVATION),
        "account-email-confirm.token": "lien-périmé",
        "verifier.token": link_of(Verifier.objects.get(name="Léa Parent", **own)).split("/")[2],
        "verifier-document.token": "lien-périmé",
        "quitus_id": Quitus.objects.filter(**own).latest("pk").pk,
        "identifier": str(mandate.cooperative.identifier) if mandate.cooperative else "",
        "name": "accueil",
        "slug": "creer-une-ecriture",
        "archive.slug": "2024-2025",
        "first": 2025,
        "ad-batch.pk": CreationBatch.objects.latest("pk").pk,
        "ad-adhesion.pk": Sheet.objects.get(cooperative__number="901").pk,
        "ad-archives-change.pk": PastReport.objects.get(**own).pk,
        "key": "photos-classe",
    }
