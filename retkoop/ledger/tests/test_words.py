"""The word lists find what they must, and leave alone what they must, label by label."""

import json
from pathlib import Path

import pytest

from retkoop.ledger.words import Hit, association_money, forbidden_purchase

ROOM = Path(__file__).parent.parent
LABELS = json.loads((ROOM / "tests" / "data" / "labels.json").read_text(encoding="utf-8"))
VENTILATION = json.loads((ROOM / "data" / "ventilation.json").read_text(encoding="utf-8"))
WORDS = json.loads((ROOM / "data" / "words.json").read_text(encoding="utf-8"))
CHART = json.loads((ROOM / "data" / "chart.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", LABELS["association_money"], ids=lambda row: row["label"])
def test_an_associations_money_is_told_from_a_public_grant(row):
    assert (association_money(row["label"]) is not None) is row["hit"]


@pytest.mark.parametrize("row", LABELS["forbidden_purchase"], ids=lambda row: row["label"])
def test_a_forbidden_purchase_is_told_from_an_allowed_one(row):
    assert (forbidden_purchase(row["label"]) is not None) is row["hit"]


def test_the_tables_hold_enough_labels_of_both_kinds():
    for rows in LABELS.values():
        hits = sum(row["hit"] for row in rows)
        assert min(hits, len(rows) - hits) >= 15
        assert len(rows) >= 40


def test_a_hit_names_the_phrase_and_its_explanation():
    assert forbidden_purchase("Location du photocopieur") == Hit("photocopieur", "photocopieur")
    assert association_money("Don APE") == Hit("APE")


def test_accents_tell_the_savings_account_from_the_booklet_to_colour():
    assert forbidden_purchase("Livret A") == Hit("livret A", "livret-a")
    assert forbidden_purchase("Livret à colorier") is None


def test_every_explanation_of_a_forbidden_purchase_exists_and_forbids():
    verdicts = {example["key"]: example["verdict"] for example in VENTILATION["examples"]}
    assert {verdicts[group["example"]] for group in WORDS["forbidden_purchases"]} == {"forbidden"}


def test_every_example_of_ventilation_names_an_account_of_the_chart():
    kinds = {account["key"]: account["kind"] for account in CHART["accounts"]}
    named = {example["account"] for example in VENTILATION["examples"]} - {None}
    assert {kinds[key] for key in named} == {"charge", "income"}
    assert named == {key for key, kind in kinds.items() if kind in {"charge", "income"}}


def test_there_are_a_hundred_examples_and_each_verdict_is_known():
    examples = VENTILATION["examples"]
    assert len({example["key"] for example in examples}) == len(examples) >= 100
    assert {example["verdict"] for example in examples} == {"allowed", "tolerated", "forbidden"}
