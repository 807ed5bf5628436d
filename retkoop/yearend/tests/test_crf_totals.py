"""`/compte-rendu/crf/` typed as totals: the worked year, sums kept visible, refusals that keep everything."""

import re
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.identity.audit import Author, verify_chain
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.models import FiscalYear, Grant
from retkoop.yearend.models import NamedTransfer, Report, ReportRules, ReportState, TypedFigure, TypedItem
from retkoop.yearend.queries.digest import digest_of
from retkoop.yearend.queries.figures import figures_of
from retkoop.yearend.tests.totals_desk import PAGE, TODAY, TYPED, make_totals_year, opened, send


@pytest.fixture
def year(cast):
    return make_totals_year(cast.cooperative_a, Author(cast.mandataire_a))


@pytest.fixture
def teacher(cast, year):
    with travel(TODAY):
        yield signed_in(cast.mandataire_a)


def test_the_worked_year_typed_as_totals_says_bravo_everywhere(teacher, year):
    assert send(teacher, TYPED)["Location"] == f"{PAGE}?annee=2024-2025"
    figures = figures_of(year)
    assert (figures.charges_cents, figures.incomes_cents, figures.result_cents) == (288_000, 328_000, 40_000)
    assert figures.assets_cents == figures.liabilities_cents == 225_000
    page = opened(teacher)
    assert page.states() == dict.fromkeys(("E1", "E2", "E6", "E3", "E4", "E5", "E7"), "ok")
    assert page.html.count("Bravo\u202f!") == 5
    assert "Le Compte-Rendu-Financier 2024-2025 semble correct" in page.html
    sentence = "relevé 2\u202f290,00 \u2212 110,00 + 25,00 = 2\u202f205,00"
    assert f"Bravo\u202f! Le rapprochement bancaire est bon\u202f: {sentence}." in page.html
    assert verify_chain(year.cooperative) == []


def test_a_sum_stays_visible_with_its_value(teacher):
    send(teacher, TYPED)
    page = opened(teacher).html
    assert re.search(r'name="v_activities" value="2 000 \+ 105,40"', page)
    assert "= 2\u202f105,40" in page
    assert TypedFigure.objects.get(key="activities").cents == 210_540


def test_field_labels_begin_with_the_account_code(teacher):
    labels = re.findall(r'<label for="id_[vts]_\w+">([^<]+)</label>', opened(teacher).html)
    assert [label for label in labels if not re.match(r"\d{3,4} ", label)] == []
    assert len(labels) > 15


def test_minus_fifty_in_an_exceptional_box_is_fifty_paid_to_a_cooperative_to_be_named(teacher, year):
    answer = send(teacher, TYPED | {"v_exceptional_charges": "−50", "t_bank": "2155", "s_bank": "2240"})
    shown = teacher.get(answer["Location"]).content.decode()
    assert "compris comme 50,00\u00a0€ versés à une autre coopérative" in shown
    assert 'data-warning="crf-transfer-unnamed"' in shown
    transfer = NamedTransfer.objects.get()
    assert (transfer.cents, transfer.other_name) == (-5_000, "")
    assert {line.key: line.cents for line in figures_of(year).charges}["exceptional_charges"] == 5_000
    page = opened(teacher)
    assert page.states()["E2"] == "ok"
    fields = TYPED | {"t_bank": "2155", "s_bank": "2240", "x_0_amount": "−50", "x_0_name": "École du Phare"}
    send(teacher, fields, page)
    named = NamedTransfer.objects.get(removed_at__isnull=True)
    assert (named.pk, named.other_name, named.cents) == (transfer.pk, "École du Phare", -5_000)
    assert 'data-warning="crf-transfer-unnamed"' not in opened(teacher).html


def test_lines_keep_their_identity_when_the_page_is_sent_again(teacher):
    send(teacher, TYPED)
    items, grants = list(TypedItem.objects.values_list("pk", flat=True)), list(Grant.objects.values_list("pk", flat=True))
    send(teacher, TYPED)
    assert list(TypedItem.objects.values_list("pk", flat=True)) == items
    assert list(Grant.objects.values_list("pk", flat=True)) == grants
    without = TYPED | {"i_bank_1_label": "", "i_bank_1_amount": "", "g_1_funder": "", "g_1_amount": ""}
    send(teacher, without)
    assert list(TypedItem.objects.filter(removed_at=None).values_list("pk", flat=True)) == items[:1]
    assert list(Grant.objects.filter(removed_at=None).values_list("pk", flat=True)) == grants[:1]


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("v_activities", "douze", "n’est pas un montant lisible"),
        ("v_activities", "12 + + 3", "Il manque un nombre dans ce calcul"),
        ("i_bank_0_amount", "110", "Écrivez \u2212 (moins) devant ce qui sort"),
        ("i_bank_0_label", "", "Dites ce que c’est"),
        ("i_bank_1_amount", "", "Écrivez le montant de cette ligne, ou effacez-la"),
        ("g_0_funder", "", "Dites qui a versé la subvention"),
        ("g_0_on", "12/10/2025", "Cette date n’est pas dans l’année 2024-2025"),
        ("n_500", "un", "Comptez avec un nombre entier"),
    ],
)
def test_a_refusal_keeps_what_was_typed_and_stores_nothing(teacher, field, text, sentence):
    answer = send(teacher, TYPED | {field: text})
    shown = answer.content.decode()
    assert answer.status_code == 422
    place = field.replace("i_bank_1_label", "i_bank_1_amount")
    assert re.search(rf'id="id_{place}_error".*?{re.escape(sentence)}', shown, re.DOTALL)
    for name, typed in (TYPED | {field: text}).items():
        assert not typed or f'name="{name}" value="{typed}"' in shown or f'<option value="{typed}" selected>' in shown
    assert not Report.objects.exists()


def test_a_page_left_open_elsewhere_is_a_conflict(teacher):
    stale = opened(teacher)
    send(teacher, TYPED)
    assert send(teacher, TYPED, stale).status_code == 409
    assert TypedFigure.objects.get(key="bank").cents == 220_500


def test_the_sum_that_was_typed_of_a_grant_stays_until_its_amount_changes_elsewhere(teacher, year):
    send(teacher, TYPED | {"g_0_amount": "200 + 100"})
    assert 'value="200 + 100"' in opened(teacher).html
    given = digest_of(year)
    send(teacher, TYPED | {"g_0_amount": "150 + 150"})
    assert (digest_of(year), 'value="150 + 150"' in opened(teacher).html) == (given, True)
    grant = Grant.objects.get(removed_at__isnull=True, funder="Mairie de Challans")
    Grant.objects.filter(pk=grant.pk).update(cents=25_000)
    shown = opened(teacher).html
    assert ('value="150 + 150"' in shown, 'value="250,00"' in shown) == (False, True)
    send(teacher, TYPED | {"g_0_amount": "", "g_0_funder": "", "g_1_amount": "", "g_1_funder": ""})
    assert not TypedFigure.objects.filter(key__startswith="grant:").exists()


def test_a_form_that_does_not_say_what_it_changes_is_a_conflict_too(teacher):
    send(teacher, TYPED)
    for version in ("", "deux", "-1"):
        assert send(teacher, TYPED | {"t_cash": "40"}, version=version).status_code == 409
    assert TypedFigure.objects.get(key="cash").cents == 4_500


def test_typing_stores_as_it_goes_and_answers_with_the_verdicts(teacher):
    page = opened(teacher)
    answer = send(teacher, TYPED, page, je="auto").content.decode()
    assert 'data-saved="yes"' in answer
    assert Report.objects.get().version == 2
    again = send(teacher, TYPED | {"t_cash": "40"}, type(page)(answer), je="auto").content.decode()
    assert 'data-control="E4" data-state="ko"' in again
    assert TypedItem.objects.count() == 2
    unread = send(teacher, TYPED | {"t_cash": "zut"}, type(page)(again), je="auto")
    assert (unread.status_code, 'data-saved="no"' in unread.content.decode()) == (200, True)
    assert TypedFigure.objects.get(key="cash").cents == 4_000


def test_what_is_kept_as_one_types_presses_no_button_that_came_with_it(teacher):
    page = opened(teacher)
    key = {"operation_key": uuid.uuid4().hex}
    left = send(teacher, TYPED | key, page, je="bouton", suite="1")
    assert left.headers["HX-Redirect"] == "/compte-rendu/quitus/?annee=2024-2025"
    late = send(teacher, TYPED | key, page, je="auto", suite="1")
    assert (late.status_code, "HX-Redirect" in late.headers, 'data-saved="stale"' in late.content.decode()) == (
        200,
        False,
        True,
    )
    kept = send(teacher, TYPED | {"t_cash": "40"}, je="auto", add_rows="1")
    assert 'data-saved="yes"' in kept.content.decode()
    assert TypedFigure.objects.get(key="cash").cents == 4_000


@pytest.mark.parametrize("state", [ReportState.SUBMITTED, ReportState.IN_REVIEW, ReportState.VALIDATED])
def test_a_report_that_was_handed_in_is_read_and_not_typed(teacher, year, state):
    send(teacher, TYPED)
    page = opened(teacher)
    Report.objects.update(state=state)
    shown = teacher.get(PAGE).content.decode()
    assert "data-crf" not in shown
    assert f'data-locked="{state}"' in shown
    assert send(teacher, TYPED | {"t_cash": "40"}, page).status_code == 422
    assert TypedFigure.objects.get(key="cash").cents == 4_500


def test_a_reader_reads_and_types_nothing(cast, teacher):
    send(teacher, TYPED)
    reader = signed_in(cast.reader_a)
    assert "data-crf" not in reader.get(PAGE).content.decode()
    assert reader.post(PAGE, TYPED).status_code == 403


def test_a_year_kept_here_types_no_totals(cast, teacher):
    page = opened(teacher)
    FiscalYear.objects.update(mode="books")
    answer = send(teacher, TYPED, page)
    assert answer.status_code == 422
    assert "ses totaux ne se saisissent pas" in answer.content.decode()
    assert not Report.objects.exists()


def test_an_unknown_year_before_is_the_ad_s_to_type(cast):
    with travel(TODAY):
        make_totals_year(cast.cooperative_b, Author(cast.mandataire_b), before=None)
        teacher = signed_in(cast.mandataire_b)
        send(teacher, TYPED)
        page = opened(teacher)
    assert (page.states()["E6"], page.states()["E2"], page.states()["E7"]) == ("ko", "ko", "ko")
    assert "votre AD doit le saisir" in page.html


def test_an_ad_says_on_the_page_which_lines_it_admits(teacher, year):
    send(teacher, TYPED)
    assert "Votre AD n’admet" not in opened(teacher).html
    rules = ReportRules.objects.create(association=year.cooperative.association, receivables_allowed=False)
    page = opened(teacher)
    assert "Votre AD n’admet pas de produit à recevoir" in page.html
    assert (page.states()["E3"], page.states()["E7"]) == ("ko", "ko")
    rules.cheques_only = True
    rules.save()
    assert "Votre AD n’admet ici que les chèques" in opened(teacher).html


def test_a_locked_report_offers_no_way_to_mend(teacher, year):
    send(teacher, TYPED | {"t_cash": "40"})
    assert "Aller le corriger" in opened(teacher).html
    Report.objects.update(state=ReportState.SUBMITTED)
    assert "Aller le corriger" not in teacher.get(PAGE).content.decode()
