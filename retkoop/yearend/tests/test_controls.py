"""Every control of a report, right and wrong, with the amount in what it says. Pure: no database."""

from dataclasses import replace

import pytest

from retkoop.ledger.controls import Control
from retkoop.yearend.controls import balanced, controls
from retkoop.yearend.models import ReportRules
from retkoop.yearend.queries.shapes import CashDetail, Figures, GrantLine, Line, OpenItem, Treasury

BANK = Treasury(
    key="bank", code="512", label="Banque", kind="bank", cents=220_500, slug="banque",
    statement_cents=229_000, statement_on="2025-08-31", last_statement_on="2025-08-31",
    items=(
        OpenItem("posting:1", "2025-06-27", "Bus du musée", "4000117", -11_000),
        OpenItem("posting:2", "2025-06-30", "Dernières familles", "", 2_500),
    ),
)  # fmt: skip
BOX = Treasury(key="cash", code="530", label="Caisse", kind="cash", cents=4_500, slug="caisse")
WORKED = Figures(
    year="2024-2025",
    mode="books",
    charges=(Line("activities", "6180", "Charges des activités", 288_000),),
    incomes=(Line("public_grants", "7410", "Subventions", 50_000), Line("family_contributions", "7560", "Familles", 278_000)),
    treasuries=(BANK, BOX),
    brought_forward_cents=185_000,
    brought_forward_from="opening",
    cash=CashDetail({2_000: 1, 1_000: 2, 500: 1}, 4_500, "2025-08-31"),
    grants=(
        GrantLine(1, "Mairie", "", "2025-01-14", 30_000, 1, True),
        GrantLine(2, "Département", "", "2025-02-03", 20_000, 2, True),
    ),
    public_grants_cents=50_000,
    validated_before_cents=185_000,
)  # fmt: skip
TYPED = replace(WORKED, mode="totals")


def verdict(figures: Figures, name: str, **rules: bool) -> Control:
    return next(found for found in controls(figures, ReportRules(**rules)) if found.id == name)


def plain(control: Control) -> str:
    """Its message, with ordinary spaces."""
    return control.message.replace("\u202f", " ").replace("\u00a0", " ")


def bank(**changes: object) -> Figures:
    return replace(WORKED, treasuries=(replace(BANK, **changes), BOX))  # type: ignore[arg-type]


def test_the_worked_year_says_bravo_in_the_guides_words():
    told = {found.id: (found.state, plain(found)) for found in controls(WORKED, ReportRules())}
    assert told == {
        "E1": ("ok", "Produits 3 280,00 € − charges 2 880,00 € : excédent de 400,00 €."),
        "E2": ("ok", "Bravo ! Le bilan simplifié est équilibré."),
        "E3": ("ok", "Bravo ! Le rapprochement bancaire est bon : relevé 2 290,00 − 110,00 + 25,00 = 2 205,00."),
        "E4": ("ok", "Bravo ! La caisse contient bien 45,00 €."),
        "E5": ("ok", "Bravo ! Les 500,00 € de subventions sont détaillés."),
        "E6": ("ok", "Bravo ! Le report à nouveau est le bilan validé : 1 850,00 €."),
        "E7": ("ok", "Le Compte-Rendu-Financier 2024-2025 semble correct"),
    }
    assert balanced(controls(WORKED, ReportRules()))


def test_the_second_fixture_reconciles_one_cheque():
    cheque = (OpenItem("item:1", "", "Chèque", "12", -26_000),)
    found = verdict(bank(statement_cents=593_485, cents=567_485, items=cheque), "E3")
    assert (found.state, plain(found).split(" : ")[1]) == ("ok", "relevé 5 934,85 − 260,00 = 5 674,85.")


def test_e1_says_a_deficit():
    assert "déficit de 100,00 €" in plain(verdict(replace(WORKED, incomes=(Line("x", "7560", "Familles", 278_000),)), "E1"))


def test_e2_says_both_sides_and_by_how_much_they_differ():
    found = verdict(replace(TYPED, brought_forward_cents=187_700), "E2")
    assert (found.state, found.gap_cents, found.pending) == ("ko", -2_700, False)
    assert plain(found).startswith(
        "Le bilan simplifié n’est pas équilibré : ce que possède la coopérative (2 250,00 €) fait 27,00 € de moins "
        "que le report à nouveau et le résultat (2 277,00 €)."
    )
    assert found.path == "/compte-rendu/crf/?annee=2024-2025#bilan"


def test_e2_says_nothing_of_an_empty_page_nor_of_an_unknown_year_before():
    assert plain(verdict(replace(TYPED, touched=False), "E2")) == "Rien n’est encore saisi : écrivez d’abord vos totaux."
    unknown = verdict(replace(TYPED, brought_forward_cents=None), "E2")
    assert (unknown.state, unknown.pending) == ("ko", True)


def test_e3_writes_the_sum_out_and_says_the_gap():
    found = verdict(bank(cents=223_200), "E3")
    assert (found.state, found.gap_cents, found.path) == ("ko", 2_700, "/pointage/?annee=2024-2025")
    assert plain(found).startswith(
        "Le rapprochement bancaire n’est pas bon : relevé 2 290,00 − 110,00 + 25,00 = 2 205,00, "
        "et le compte 512 dit 2 232,00, soit 27,00 € de plus."
    )


def test_e3_sums_a_long_table_on_each_side():
    items = tuple(OpenItem(f"item:{n}", "", "Chèque", "", -1_000) for n in range(7))
    assert "relevé 2 290,00 − 70,00 = 2 220,00" in plain(verdict(bank(items=items, cents=222_000), "E3"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"statement_cents": None, "last_statement_on": ""}, "Aucun relevé du compte 512 n’est saisi"),
        (
            {"statement_cents": None, "last_statement_on": "2025-06-30"},
            "Le dernier relevé saisi du compte 512 est du 30/06/2025",
        ),
    ],
)
def test_e3_asks_for_the_statement_of_31_august(changes, sentence):
    found = verdict(bank(**changes), "E3")
    assert (found.state, found.pending) == ("ko", True)
    assert plain(found).startswith(sentence)


def test_e3_is_given_for_each_account_and_not_for_one_that_never_moved():
    postal = replace(BANK, key="postal_bank", code="514", label="La Banque Postale", slug="banque-2")
    unused = Treasury(key="bank", code="512", label="Ancienne", kind="bank", cents=0)
    found = controls(replace(WORKED, treasuries=(BANK, postal, unused, BOX)), ReportRules())
    assert [one.title for one in found if one.id == "E3"] == [
        "Rapprochement bancaire (512 Banque)",
        "Rapprochement bancaire (514 La Banque Postale)",
    ]
    assert verdict(replace(WORKED, treasuries=(unused, BOX)), "E3").state == "off"


def test_an_ad_may_admit_no_receivable_or_cheques_only():
    found = verdict(WORKED, "E3", receivables_allowed=False)
    assert (found.state, found.gap_cents) == ("ko", 2_500)
    assert "« Dernières familles », 25,00 €" in plain(found)
    uncheque = bank(items=(replace(BANK.items[0], cheque=""),), cents=218_000)
    assert verdict(uncheque, "E3").state == "ok"
    assert verdict(uncheque, "E3", cheques_only=True).state == "ko"
    assert verdict(bank(items=BANK.items[:1], cents=218_000), "E3", cheques_only=True).state == "ok"


def test_e4_asks_for_a_count_and_says_the_gap():
    asked = verdict(replace(WORKED, cash=CashDetail()), "E4")
    assert plain(asked) == "Comptez la caisse au 31 août 2025 : le compte 530 dit qu’elle contient 45,00 €."
    assert (asked.state, asked.pending, asked.path) == ("ko", True, "/caisse/?annee=2024-2025")
    wrong = verdict(replace(WORKED, cash=CashDetail({1_000: 4}, 4_000, "2025-08-31")), "E4")
    assert (wrong.state, wrong.gap_cents) == ("ko", -500)
    assert plain(wrong).startswith(
        "Le bilan simplifié n’est pas équilibré : le détail de la caisse fait 40,00 €, soit 5,00 € de moins"
    )
    assert verdict(replace(WORKED, treasuries=(BANK,), cash=CashDetail()), "E4").state == "off"


def test_e5_says_what_is_missing_and_what_is_too_much():
    missing = verdict(replace(WORKED, grants=WORKED.grants[:1]), "E5")
    assert (missing.state, missing.gap_cents, missing.pending) == ("ko", 20_000, True)
    assert "Il manque le détail de 200,00 €" in plain(missing)
    extra = verdict(replace(WORKED, public_grants_cents=40_000), "E5")
    assert (extra.state, extra.gap_cents) == ("ko", -10_000)
    assert "dépasse le compte 7410 (400,00 €) de 100,00 €" in plain(extra)
    assert verdict(replace(WORKED, public_grants_cents=0, grants=()), "E5").state == "off"


def test_e6_compares_with_the_validated_report_and_else_says_whom_to_ask():
    wrong = verdict(replace(WORKED, validated_before_cents=184_000), "E6")
    assert (wrong.state, wrong.gap_cents) == ("ko", 1_000)
    assert "(1 850,00 €) fait 10,00 € de plus que le bilan validé l’année d’avant (1 840,00 €)" in plain(wrong)
    unknown = verdict(replace(TYPED, brought_forward_cents=None, validated_before_cents=None), "E6")
    assert (unknown.state, "votre AD doit le saisir" in plain(unknown)) == ("ko", True)
    assert "saisissez l’ouverture" in plain(verdict(replace(WORKED, brought_forward_cents=None), "E6"))
    assert verdict(replace(WORKED, validated_before_cents=None), "E6").state == "off"


def test_e7_counts_what_is_to_be_looked_at_and_leads_to_the_first():
    wrong = replace(WORKED, cash=CashDetail(), grants=())
    found = verdict(wrong, "E7")
    assert plain(found) == "Vérifiez vos totaux : il reste 2 points à revoir (Caisse, Subventions)."
    assert (found.state, found.path, found.pending) == ("ko", "/caisse/?annee=2024-2025", True)
    assert not balanced(controls(wrong, ReportRules()))
    assert plain(verdict(replace(WORKED, grants=()), "E7")) == "Vérifiez vos totaux : il reste un point à revoir (Subventions)."
