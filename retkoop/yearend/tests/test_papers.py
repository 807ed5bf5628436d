"""What must be handed in, where each line stands, and who may do what with it."""

import datetime as dt
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from retkoop.core.refusal import Refusal
from retkoop.documents.models import Document
from retkoop.documents.tests.samples import pdf_bytes, photo, text_pdf
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.models import Grant, Statement
from retkoop.ledger.services import pointing, receipts
from retkoop.ledger.tests.worked import TODAY
from retkoop.yearend.models import Paper, Report
from retkoop.yearend.queries.figures import figures_of
from retkoop.yearend.queries.papers import NeedState, need_named, needs_for, needs_of
from retkoop.yearend.services.papers import hand_in, record_post, refuse_paper, remove_paper
from retkoop.yearend.tests.quitus_desk import LEA, MARC, make_quitus_desk, on_the_day
from retkoop.yearend.tests.test_digest import attach_receipt, attach_statement, scanned


@pytest.fixture
def desk(cast):
    with on_the_day():
        yield make_quitus_desk(cast)


def needs(desk):
    return needs_for(desk.year, Report.objects.filter(year=desk.year).first(), figures_of(desk.year))


def line(desk, subject):
    found = need_named(needs(desk), subject)
    assert found is not None
    return found


def states(desk):
    return {need.subject: need.state for need in needs(desk)}


def bus(desk):
    return f"entry:{desk.worked.entries['bus'].pk}"


def hand(desk, subject, author=None):
    with scanned() as ready:
        return hand_in(year=desk.year, subject=subject, ready=[ready], author=author or desk.author)


def test_the_worked_year_wants_its_quitus_statement_grants_and_open_items(desk):
    town, department = Grant.objects.order_by("pk")
    late = desk.worked.entries["late"]
    assert [(need.kind, need.subject, need.label.replace("\u202f", " ")) for need in needs(desk)] == [
        ("quitus", "quitus", "Page Quitus"),
        ("statement", "bank:banque", "Relevé au 31 août 2025 (Banque)"),
        ("grant", f"grant:{town.pk}", "Preuve de la subvention : Mairie de Challans (300,00\u00a0€)"),
        ("grant", f"grant:{department.pk}", "Preuve de la subvention : Conseil départemental (200,00\u00a0€)"),
        ("open_item", bus(desk), "Facture à payer : Bus du musée (110,00\u00a0€)"),
        ("open_item", f"entry:{late.pk}", "Produit à recevoir : Dernières familles (25,00\u00a0€)"),
    ]
    assert set(states(desk).values()) == {NeedState.MISSING}


def test_a_movement_in_august_asks_for_the_statement_of_august(desk):
    desk.change_books()
    statement = next(need for need in needs(desk) if need.kind == "statement")
    assert statement.label == "Relevé au 31 août 2025 (Banque)"
    assert "31 août 2025" in statement.why


def test_what_was_joined_during_the_year_is_there_already(desk):
    attach_receipt(desk.worked)
    attach_statement(desk.worked)
    found = states(desk)
    assert (found[bus(desk)], found["bank:banque"]) == (NeedState.ATTACHED, NeedState.ATTACHED)
    assert line(desk, bus(desk)).sentence.startswith("Déjà là, reçu le 20 septembre 2025 à")


def test_a_statement_of_june_does_not_prove_july(desk):
    attach_statement(desk.worked)
    Statement.objects.filter(document__isnull=False).update(ends_on=dt.date(2025, 6, 29))
    assert states(desk)["bank:banque"] == NeedState.MISSING


def test_a_grant_is_proved_by_its_own_document_or_by_its_entry(desk):
    grant = Grant.objects.earliest("pk")
    entry = desk.worked.entries["town"]
    with scanned() as ready:
        receipts.attach_receipts(entry=entry, ready=[ready], author=desk.author)
    assert states(desk)[f"grant:{grant.pk}"] == NeedState.ATTACHED


def test_a_file_handed_in_is_received_with_its_pages_and_hour(desk):
    hand(desk, "bank:banque")
    need = line(desk, "bank:banque")
    assert need.state == NeedState.RECEIVED
    assert re.fullmatch(r"Reçu le 20 septembre 2025 à \d\d:\d\d, 1 page", need.sentence)


def test_another_file_takes_the_place_of_the_first_which_stays(desk):
    first = hand(desk, "bank:banque")
    second = hand(desk, "bank:banque")
    first.refresh_from_db()
    assert (first.removed_at is not None, second.removed_at) == (True, None)
    assert Paper.objects.count() == 2


def test_the_ad_records_what_came_by_post_and_the_cooperative_does_not(desk):
    with pytest.raises(Refusal, match="C’est à l’AD"):
        record_post(year=desk.year, subject="bank:banque", received_on=TODAY, author=desk.author)
    with pytest.raises(Refusal, match="pas encore venu"):
        record_post(year=desk.year, subject="bank:banque", received_on=dt.date(2026, 1, 1), author=desk.helping)
    record_post(year=desk.year, subject="bank:banque", received_on=dt.date(2025, 9, 18), author=desk.helping)
    need = line(desk, "bank:banque")
    assert (need.state, need.sentence) == (NeedState.POST, "Reçu par courrier le 18 septembre 2025")
    with pytest.raises(Refusal, match="par courrier"):
        remove_paper(paper=Paper.objects.get(), author=desk.author)


def test_the_ad_refuses_with_a_reason_and_a_new_file_answers_it(desk):
    hand(desk, "bank:banque")
    refuse_paper(year=desk.year, subject="bank:banque", reason="Le solde est coupé.", author=desk.helping)
    need = line(desk, "bank:banque")
    assert (need.state, need.refusal, need.there) == (NeedState.REFUSED, "Le solde est coupé.", False)
    hand(desk, "bank:banque")
    assert states(desk)["bank:banque"] == NeedState.RECEIVED


def test_the_ad_may_refuse_what_was_joined_during_the_year(desk):
    attach_receipt(desk.worked)
    refuse_paper(year=desk.year, subject=bus(desk), reason="Illisible.", author=desk.helping)
    assert states(desk)[bus(desk)] == NeedState.REFUSED


def test_there_is_nothing_to_refuse_where_nothing_is(desk):
    with pytest.raises(Refusal, match="rien à refuser"):
        refuse_paper(year=desk.year, subject="bank:banque", reason="?", author=desk.helping)


def test_a_refused_quitus_no_longer_stands(desk):
    desk.sign(desk.print(), LEA, MARC)
    assert states(desk)["quitus"] == NeedState.POST
    refuse_paper(year=desk.year, subject="quitus", reason="Il manque une signature.", author=desk.helping)
    need = line(desk, "quitus")
    assert (need.state, need.refusal) == (NeedState.REFUSED, "Il manque une signature.")
    desk.sign(desk.print(), LEA, MARC)
    assert states(desk)["quitus"] == NeedState.POST


def test_a_quitus_on_changed_books_is_missing_and_says_what_changed(desk):
    desk.sign(desk.print(), LEA, MARC)
    desk.change_books()
    need = line(desk, "quitus")
    assert need.state == NeedState.MISSING
    assert need.sentence.replace("\u202f", " ").startswith("Annulé : les écritures et les montants")


LOCKED = ["submitted", "in_review", "validated", "archived"]


@pytest.mark.parametrize("state", LOCKED)
def test_once_sent_only_the_ad_hands_in_and_once_validated_nobody(desk, state):
    hand(desk, bus(desk))
    Report.objects.update(state=state)
    with pytest.raises(Refusal):
        hand(desk, "bank:banque")
    if state in {"submitted", "in_review"}:
        assert hand(desk, "bank:banque", desk.helping).on_behalf == desk.cast.ad_085
    else:
        with pytest.raises(Refusal):
            hand(desk, "bank:banque", desk.helping)


def send(client, subject, *files, **fields):
    chosen = [SimpleUploadedFile(name, body) for name, body in files]
    path = f"/compte-rendu/documents/deposer/?annee=2024-2025&piece={subject}"
    return client.post(path, {"operation_key": uuid.uuid4().hex, "fichiers": chosen, **fields})


def test_several_photos_become_one_document_on_their_line(desk):
    photos = [(f"{rank}.jpg", photo()) for rank in range(3)]
    assert send(desk.client, "bank:banque", *photos).status_code == 303
    document = Document.objects.get()
    assert Paper.objects.get().document == document
    assert (document.pages, document.content_type) == (3, "application/pdf")


def test_the_same_form_twice_leads_to_the_same_page_of_the_same_year(desk):
    key = uuid.uuid4().hex
    path = "/compte-rendu/documents/courrier/?annee=2024-2025&piece=bank:banque"
    answers = [desk.ad_client.post(path, {"operation_key": key, "received_on": "18/09/2025"}) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == ["/compte-rendu/documents/?annee=2024-2025"] * 2
    elsewhere = path.replace("2024-2025", "//ailleurs.fr")
    assert desk.ad_client.post(elsewhere, {"operation_key": key, "received_on": "18/09/2025"}).status_code == 404


def test_two_pdfs_for_one_line_and_no_file_are_refused_in_words(desk):
    pdf = ("a.pdf", pdf_bytes(text_pdf()))
    answer = send(desk.client, "bank:banque", pdf, ("b.pdf", pdf[1]))
    assert (answer.status_code, "Un seul document par ligne" in answer.content.decode()) == (422, True)
    assert send(desk.client, "bank:banque").status_code == 422
    assert not Paper.objects.exists()


def test_a_line_that_is_not_asked_for_does_not_exist(desk):
    for subject in ("grant:999999", "bank:ailleurs", "", "quitus:1"):
        assert send(desk.client, subject, ("a.pdf", pdf_bytes(text_pdf()))).status_code == 404


def test_the_page_shows_each_line_with_its_state_and_the_ad_its_own_acts(desk):
    hand(desk, "bank:banque")
    mine = desk.client.get("/compte-rendu/documents/").content.decode()
    told = dict(re.findall(r'data-need="([^"]+)" data-state="(\w+)"', mine))
    assert told == {subject: str(state) for subject, state in states(desk).items()}
    assert "Pour l’AD" not in mine
    assert "5 documents</strong> à fournir" in mine.replace("\u202f", " ")
    theirs = desk.ad_client.get("/compte-rendu/documents/").content.decode()
    assert theirs.count("Inscrire le courrier") == 5
    assert theirs.count("Refuser ce document") == 1
    reader = signed_in(desk.cast.reader_a).get("/compte-rendu/documents/").content.decode()
    assert "Choisir un fichier" not in reader.split("<section", 1)[1]


def test_the_ad_acts_by_the_page(desk):
    path = "/compte-rendu/documents/courrier/?annee=2024-2025&piece=bank:banque"
    assert desk.post(path, received_on="18/09/2025").status_code == 403
    assert desk.post(path, desk.ad_client, received_on="").status_code == 422
    assert desk.post(path, desk.ad_client, received_on="18/09/2025").status_code == 303
    refuse = "/compte-rendu/documents/refuser/?annee=2024-2025&piece=bank:banque"
    assert desk.post(refuse, desk.ad_client, reason="").status_code == 422
    assert desk.post(refuse, desk.ad_client, reason="Illisible").status_code == 303
    assert states(desk)["bank:banque"] == NeedState.REFUSED


def test_looking_at_the_papers_begins_nothing(desk):
    desk.client.get("/compte-rendu/documents/")
    desk.client.get("/compte-rendu/quitus/")
    assert not Report.objects.exists()


def test_the_needs_cost_the_same_queries_whatever_their_number(desk, django_assert_max_num_queries):
    figures = figures_of(desk.year)
    with django_assert_max_num_queries(12):
        needs_of(Report(year=desk.year, cooperative=desk.year.cooperative), figures)


def test_the_bank_lines_ticked_later_are_still_to_be_proved(desk):
    september = pointing.save_statement(
        treasury=desk.worked.bank, ends_on=dt.date(2025, 9, 30), closing_cents=5, author=desk.author
    )
    posting = desk.worked.entries["bus"].postings.get(treasury=desk.worked.bank, until_version=None)
    pointing.set_tick(posting=posting, ticked=True, statement=september, author=desk.author)
    assert bus(desk) in states(desk)
