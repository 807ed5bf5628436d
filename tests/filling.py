"""Every form of the site that writes, as the pages offer it, filled with what makes sense in a full book.

`visitors` are who sees them all: a teacher in a full book, a newcomer in an
empty one, an accountant of the AD in the full one.
"""

import io
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from retkoop.core import canonical
from retkoop.documents.services import prepared
from retkoop.documents.tests.samples import pdf_bytes, text_pdf
from retkoop.identity.access import list_pages
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.identity.services import ask_recovery
from retkoop.identity.tests.cast import PASSWORD, Cast, signed_in, signed_in_under
from retkoop.identity.tests.second import add_application
from retkoop.ledger import chart, warnings
from retkoop.ledger.export import book_state
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.services import closing
from retkoop.membership.services.adhesions import start_amendment, take_back_sheet
from retkoop.membership.services.federal import record_federal_payment
from retkoop.membership.tests.adhesion_desk import make_adhesion_desk
from retkoop.membership.tests.campaign_desk import PAID_ON, make_campaign
from retkoop.yearend.services.papers import hand_in
from retkoop.yearend.services.quitus import make_quitus
from retkoop.yearend.tests.quitus_desk import link_of
from retkoop.yearend.tests.reports import make_report_desk
from tests.crawling import Field, Form, crawl, forms_of, read_page
from tests.full_book import FullBook, import_one, make_full_book, propose

PROVE = os.environ.get("RETKOOP_PROVE") == "1"
WITHOUT_KEY = {
    "login", "logout", "old-address", "forgotten", "access", "choose",  # sessions and links, not acts on a book
    "ad-open", "ad-leave",  # which book an AD member looks at
    "import", "entry-check", "ad-archives-preview", "ad-import",  # show what would be written
    "account-email-confirm", "invitation",  # the link itself is used once
    "identity-iban", "ad-iban-read",  # shows an IBAN: each reading is an event of its own
    "second-factor", "account-prove",  # a session's, as the login
    "totp", "passkey",  # ask for the answer of a device: tried in retkoop/identity/tests/test_second_factor.py
    "verifier-decision",  # asks for the code of an e-mail: tried in retkoop/yearend/tests/test_verifier_links.py
}  # fmt: skip
HARMLESS = {"recalculer", "add_rows", "more"}
TYPED = {
    "label": "Cahiers et stylos", "date": "06/10/2025", "on": "06/10/2025", "ends_on": "31/10/2025", "opened": "01/10/2025",
    "acquired_on": "06/10/2025", "amount": "12,00", "closing": "10,00", "funder": "Conseil régional", "object": "Musée",
    "name": "Journal de l’école", "place": "Salle 2", "reason": "Un chèque a été oublié", "old_password": PASSWORD,
    "new_password": "une autre phrase de passe bien longue", "email_password": PASSWORD, "n_2000": "1", "cheque_1": "15,00",
    **{f"text_{rank}": "À compléter" for rank in range(1, 6)},
    "cents_banque": "100,00", "cents_caisse": "5,00", "answer": "Entendu", "text": "Notre avis", "holder": "Anne",
    **{f"name_{place}": f"Vérificateur {place}" for place in range(1, 5)}, "met_on": "06/10/2025", "observations": "Rien",
    **{f"email_{place}": f"verif{place}@exemple.fr" for place in range(1, 5)}, "received_on": "06/10/2025",
    "cooperative": "085-099", "mot_de_passe": PASSWORD, "written_on": "01/10/2025", "cents": "12,00", "paid_on": "06/10/2025",
    "identity_check": "Vue au bureau", "mandataire": "Paul Neuf",
    "full_name": "Nadia Nouvelle", "email": "nouvelle@exemple.fr",
}  # fmt: skip
CHOSEN = {
    "account": {"recu": "family_contributions", "": "activities"}, "decision": {"": "refus"}, "verdict": {"": "tolere"},
}  # fmt: skip


@dataclass
class Visitor:
    """Someone, what they see, and the cooperative on which their acts leave a trace."""

    client: Client
    cooperative: Cooperative
    starts: list[str]
    by_hand: list[Form] = field(default_factory=list)
    again: bool = False

    def forms(self) -> list[Form]:
        """One of each form that writes; of someone who comes `again`, those of `starts`, where something has changed."""
        pages = crawl(self.client, self.starts, follow=PROVE or not self.again)
        return forms_of(pages) + self.by_hand


def make_book(cast: Cast) -> FullBook:
    """Cooperative A's, with a proposal from B; inside `travel(TODAY)`."""
    chart.load()
    book = make_full_book(cast.cooperative_a, Author(cast.mandataire_a), "JETONA")
    propose(make_full_book(cast.cooperative_b, Author(cast.mandataire_b), "JETONB", documents=False), book)
    return book


def visitors(cast: Cast, book: FullBook) -> Iterator[Visitor]:
    """In turn; the request to reopen is only made once the teacher has seen the form that makes it.

    In the long proof each of them walks through the whole site, else only one of each kind.
    """
    years = [f"{place}?annee={year.slug}" for place in ("/accueil/", "/cloture/", "/cahier/") for year in book.years[1::-1]]
    years += ["/compte-rendu/cra/", "/compte-rendu/cra/projets/"]
    ids = book.ids
    starts = [
        "/archives/2021-2022/",
        f"/ecritures/{ids['gone']}/",
        f"/pointage/ligne/{ids['posting']}/",
        f"/ecritures/cheque-perdu/{ids['posting']}/",
    ]
    key, pointed, chosen = Field("operation_key", "hidden"), Field("pointed", "hidden", "1"), Field("fichiers", "file")
    by_hand = [
        Form("/", f"/pointage/{ids['statement']}/ligne/{ids['posting']}/", "post", [key, pointed]),
        Form("/", "/documents/", "post", [key, chosen]),
    ]
    yield Visitor(signed_in(cast.mandataire_a), cast.cooperative_a, ["/accueil/", *starts, *years], by_hand)
    newcomer = signed_in(cast.mandataire_c)
    waiting = [waiting_import(newcomer, book)]
    yield Visitor(newcomer, cast.cooperative_c, ["/accueil/", "/ouverture/", "/ouverture/annee/"], waiting)
    FiscalYear.objects.filter(cooperative=cast.cooperative_c).update(mode="totals")
    yield Visitor(signed_in(cast.mandataire_c), cast.cooperative_c, ["/accueil/", "/compte-rendu/crf/"])
    first = FiscalYear.objects.get(pk=book.years[0].pk)
    closed, helper = f"/cloture/?annee={first.slug}", signed_in(cast.ad_accountant, cast.cooperative_a)
    yield Visitor(signed_in(cast.mandataire_a), cast.cooperative_a, [closed], again=True)
    yield Visitor(helper, cast.cooperative_a, [closed], again=True)
    asked = closing.request_reopening(year=first, reason="Chèque oublié JETONA", author=book.author)
    console = [
        "/ad/",
        "/ad/reglages/",
        f"/ad/reouvertures/{asked.pk}/",
        "/aide/ventilation/",
        "/ad/archives/",
        "/ad/cooperatives/modifications/",
        "/ad/cooperatives/nouvelle/",
        "/ad/cooperatives/lettres/",
        f"/ad/cooperatives/imports/{import_one(book)}/",
    ]
    shown = Field("contenu", "hidden", "Coopérative;Année;Report à nouveau;512\n085-099;2020-2021;10;10\n")
    kept = Form("/", "/ad/archives/enregistrer/", "post", [Field("operation_key", "hidden"), shown])
    table = Field("contenu", "hidden", "Numéro;École;Mandataire\n700;École du Pré;Luc Pré\n")
    brought = Form("/", "/ad/cooperatives/importer/creer/", "post", [Field("operation_key", "hidden"), table])
    yield Visitor(helper, cast.cooperative_a, console, [kept, brought])
    yield _federation_visitor(cast, book)
    yield from _quitus_visitors(cast, book)
    yield from report_visitors(cast)
    yield from adhesion_visitors(book)
    yield from campaign_visitors(cast)
    yield from access_visitors(cast)


def _federation_visitor(cast: Cast, book: FullBook) -> Visitor:
    """At the staff of an AD; the guide, which speaks of the cooperatives' pages, is not followed from there."""
    client, base = signed_in(cast.federation_person), "/federation/personnes/085/"
    starts = [base, f"{base}inviter/", f"{base}{book.ids['member']}/terminer/"]
    return Visitor(client, cast.cooperative_a, [], forms_of(crawl(client, starts, follow=False)))


def _quitus_visitors(cast: Cast, book: FullBook) -> Iterator[Visitor]:
    """The vérificateur of the full book by their link, then the AD; the teacher once a page is printed on paper."""
    papers = ["/compte-rendu/documents/", "/compte-rendu/quitus/"]
    asked = book.cooperative.verifiers.get(pk=book.ids["verifier"])
    yield Visitor(Client(), cast.cooperative_a, [link_of(asked)])
    with prepared(name="releve.pdf", stream=io.BytesIO(pdf_bytes(text_pdf(2)))) as ready:  # not the file of `filled`
        hand_in(year=book.years[1], subject="bank:banque", ready=[ready], author=book.author)
    yield Visitor(signed_in(cast.mandataire_a), cast.cooperative_a, papers, again=True)
    yield Visitor(signed_in(cast.ad_accountant, cast.cooperative_a), cast.cooperative_a, papers, again=True)
    make_quitus(year=book.years[1], kind="paper", author=book.author)
    yield Visitor(signed_in(cast.mandataire_a), cast.cooperative_a, papers, again=True)


def access_visitors(cast: Cast) -> Iterator[Visitor]:
    """Who has a second factor; who helps somebody that has lost theirs; who stops such a help."""
    add_application(cast.mandataire_b)
    protected = signed_in_under(cast.mandataire_b.mandates.get(), second=True)
    yield Visitor(protected, cast.cooperative_b, ["/compte/securite/"])
    lost, accountant = cast.ad_reader, cast.ad_accountant
    office = [f"/ad/acces/?personne={lost.pk}"]
    yield Visitor(signed_in(accountant), cast.cooperative_a, office)
    above = [f"/federation/acces/?personne={accountant.pk}"]
    yield Visitor(signed_in(cast.federation_person), cast.cooperative_a, above)
    ask_recovery(person=lost, helper=accountant.mandates.get(), reason="Téléphone perdu", identity_check="Vue au bureau")
    yield Visitor(signed_in(lost), cast.cooperative_a, ["/compte/securite/"])


def report_visitors(cast: Cast) -> Iterator[Visitor]:
    """A report on its way: ready, handed in, opened by the AD, validated."""
    desk = make_report_desk(cast, "300")
    desk.make_ready()
    cooperative = desk.desk.cooperative
    teacher, helper = signed_in_under(cooperative.mandates.get()), signed_in(cast.ad_accountant)
    page, hub = [f"/ad/comptes-rendus/{desk.report.pk}/"], ["/compte-rendu/?annee=2024-2025"]
    yield Visitor(teacher, cooperative, [*hub, "/compte-rendu/transmettre/?annee=2024-2025"], again=True)
    desk.submit()
    yield Visitor(teacher, cooperative, hub, again=True)
    yield Visitor(helper, cooperative, page)
    desk.open()
    yield Visitor(helper, cooperative, page)
    desk.validate()
    yield Visitor(helper, cooperative, page)


def adhesion_visitors(book: FullBook) -> Iterator[Visitor]:
    """The adhésion of the full book, which is being filled in: engaged to, sent, validated, amended."""
    desk = make_adhesion_desk(book.cooperative, book.author.person)

    def at(*paths: str) -> Visitor:
        client = signed_in(desk.person)
        forms = [form for path in paths for form in read_page(path, client.get(path).content.decode())[1]]
        return Visitor(
            client,
            book.cooperative,
            [],
            [form for form in forms if form.method == "post" and form.route.startswith("adhesion")],
        )

    yield at("/adhesion/engagement/?oui=oui", "/adhesion/transmettre/")
    desk.engage()
    sent = desk.send(desk.standing().open_sheet)
    yield at("/adhesion/")
    take_back_sheet(sheet=sent, author=desk.author)
    desk.validated(sent)
    yield at("/adhesion/")
    start_amendment(cooperative=book.cooperative, first=desk.tariff.first, author=desk.author)
    yield at("/adhesion/")


def campaign_visitors(cast: Cast) -> Iterator[Visitor]:
    """The AD before the adhésions of two cooperatives, and the federation before the share of that AD."""
    desk = make_campaign(cast)
    sheet = desk.send(desk.another("401"))
    desk.send(desk.another("402"))
    cooperative, helper = sheet.cooperative, signed_in(cast.ad_accountant)
    leaving = f"/ad/adhesions/resiliation/{desk.another('403').cooperative.identifier}/"
    own = ["/ad/adhesions/", "/ad/adhesions/tarif/", f"/ad/adhesions/{sheet.pk}/", leaving]
    yield only(helper, cooperative, own, "ad-")
    yield only(helper, cooperative, ["/ad/adhesions/resiliation/085-099/"], "ad-resignation")
    day = {"first": 2025, "paid_on": PAID_ON, "author": Author(cast.federation_person)}
    record_federal_payment(association=desk.association, cents=100, **day)
    yield only(signed_in(cast.federation_person), cooperative, ["/federation/parts/085/"], "federal-")


def only(client: Client, cooperative: Cooperative, paths: list[str], begins: str) -> Visitor:
    """The forms of those very pages whose routes begin so; no other page is looked at."""
    forms = [form for path in paths for form in read_page(path, client.get(path).content.decode())[1]]
    return Visitor(client, cooperative, [], [form for form in forms if form.method == "post" and form.route.startswith(begins)])


def waiting_import(client: Client, book: FullBook) -> Form:
    """In an empty book, the confirmation of a file that was sent: another one's year."""
    slug, state = book.year.slug, book_state(book.year)
    file = SimpleUploadedFile("cahier.json", canonical.dumps(state).encode(), "application/json")
    led = client.post("/importation/", {"annee": slug, "fichier": file})["Location"]
    forms = read_page(led, client.get(led).content.decode())[1]
    return next(form for form in forms if form.route == "import-confirm")


FILES = {
    "receipts",
    "receipt-replace",
    "statement-scan",
    "document-receive",
    "paper-hand-in",
    "quitus-sign",
    "archive-document",
}


def filled(form: Form, button: str = "") -> dict[str, object]:
    """The form as someone sensible sends it, by the named button or the plain one, with a new key."""
    sent: dict[str, object] = {name: values[0] if len(values) == 1 else values for name, values in form.initial().items()}
    way = str(sent.get("je", ""))
    for control in form.fields:
        known = sent.get(control.name, "")
        if control.kind == "file" and (form.route in FILES or button == "envoyer_image"):
            sent[control.name] = SimpleUploadedFile("facture.pdf", pdf_bytes(text_pdf()), "application/pdf")
        elif control.kind in {"select", "radio"} and not known:
            told = CHOSEN.get(control.name, {})
            usable = [value for value in (control.options or [control.value]) if value]
            sent[control.name] = told.get(way, told.get("", usable[0] if usable else ""))
        elif control.name in {"line", "sheet"}:
            sent[control.name] = [row.value for row in form.fields if row.name == control.name]
        elif control.kind in {"text", "textarea", "password", "number", "email"}:
            changed = known and control.name in {"label", "name", "funder", "object", "place"}
            sent[control.name] = f"{known} bis" if changed else known or TYPED.get(control.name, "")
    moved = any(text for name, text in sent.items() if name.startswith(("v_", "in_", "out_")))
    if way == "complet" and not moved:
        sent |= {"v_activities": "12,00", "out_banque": "12,00"}
    if way == "complet" and sent.get("draft"):
        sent |= {"v_activities": "12,00"}
    for name in ("date", "on", "ends_on", "acquired_on"):
        if str(sent.get(name, "")).endswith("/2025") and sent.get("annee") in {"2023-2024", "2024-2025"}:
            sent[name] = f"10/03/{str(sent['annee'])[-4:]}"
    sent |= {"year": "2020-2021"} if form.route == "ad-archives-add" else {}  # a year that nobody has told yet
    if "je" in sent or "rows" in sent:
        sent |= {"override": " ".join(warnings.WARNINGS), "confirm_untick": "on"}
    sent |= {"operation_key": uuid.uuid4().hex} if "operation_key" in sent else {}
    return sent | ({button: "1"} if button else {})


def written_routes() -> set[str]:
    """The names of the addresses that accept a POST."""
    return {page["name"] for page in list_pages() if "POST" in page["methods"]}
