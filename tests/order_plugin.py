"""The order of the tests: the long ones first, shared out between the workers, so that none of them ends alone.

`worksteal` hands each worker one stretch of the list; a stretch here begins
with its share of LONG.

`--only-database` is for the second engine. It leaves out what touches no
database: there, it would be the very same test again. It also leaves out, but
in the long proof, what reaches the database only to have something to show or
to count: the tests of one page, form or file (by the names of their modules:
ONE_SIGHT), and those marked `once`. What differs between engines is played
on both: services, queries, triggers, races, kills, imports, and the sweeps that
open every page and send every form.
"""

import os
import re

import pytest

# seconds on SQLite; what is not named is short
LONG = {
    "test_every_form_sent_twice_has_one_effect": 25,
    "test_nobody_sees_another_cooperative_at_any_address_by_any_method": 38,
    "test_the_books_are_those_of_the_model_after_any_acts_in_any_order": 7,
    "test_killing_the_serving_process_loses_and_doubles_nothing": 8,
    "test_the_figures_are_those_of_the_document_whatever_the_day": 9,
    "test_a_book_with_one_value_replaced_or_missing_is_refused_whole_or_is_a_sound_book": 5,
    "test_markup_typed_anywhere_is_shown_as_it_was_typed": 8,
    "test_any_amount_and_any_day_is_stored_exactly_or_handed_back_as_typed": 8,
    "test_a_name_that_the_form_does_not_ask_for_has_no_effect": 8,
    "test_no_page_of_a_cooperative_reads_a_whole_table": 5,
    "test_a_real_year_is_kept_closed_lost_and_restored": 48,
    "test_no_page_of_a_mandataire_has_a_defect": 50,
    "test_no_page_of_an_empty_cooperative_has_a_defect": 20,
    "test_no_page_of_an_ad_has_a_defect": 18,
    "test_no_public_page_has_a_defect": 11,
    "test_no_refused_form_has_a_defect": 11,
    "test_the_whole_quitus_without_paper_on_two_phones": 11,
    "test_no_page_of_a_closed_year_has_a_defect": 10,
}
PROVE = os.environ.get("RETKOOP_PROVE") == "1"
ONE_SIGHT = re.compile(
    r"_(page|pages|form|plain|pdf)\.py$|/ledger/tests/\w+_files\.py$|/(guide|home)/tests/"
    r"|/documents/tests/test_(pages|reducing|hostile_files)\.py$"
)
ENGINE = {"db", "django_db_setup", "committed_db", "new_installation", "empty_site", "school"}
OTHER_WAYS = ("connection", "live_server_process", "retkoop")  # of a module that reaches a database by itself


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-database", action="store_true", help="for the second engine: leave out what it would not see otherwise"
    )


def needs_database(item: pytest.Item) -> bool:
    """The others could not reach one: pytest-django refuses."""
    fixtures = set(getattr(item, "fixturenames", ()))
    module = getattr(item, "module", None)
    asked = bool(fixtures & ENGINE) or item.get_closest_marker("django_db") is not None
    return asked or any(hasattr(module, name) for name in OTHER_WAYS)


def once_is_enough(item: pytest.Item) -> bool:
    """What the second engine would not see otherwise; the long proof plays it there too."""
    place, _, _ = item.nodeid.partition("::")
    return not PROVE and (ONE_SIGHT.search(place) is not None or item.get_closest_marker("once") is not None)


def weight(item: pytest.Item) -> int:
    return LONG.get(item.name.partition("[")[0], 0)


def shared_out(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Each worker's stretch, of equal length, begins with its share of the long ones, longest first."""
    heads: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for item in sorted(filter(weight, items), key=weight, reverse=True):
        min(heads, key=lambda head: sum(map(weight, head))).append(item)
    short = [item for item in items if not weight(item)]
    ordered: list[pytest.Item] = []
    for index, head in enumerate(heads):
        length = (len(items) - len(ordered)) // (workers - index)
        room = max(0, length - len(head))
        ordered += [*head, *short[:room]]
        short = short[room:]
    return [*ordered, *short]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--only-database"):
        left_out = {item for item in items if not needs_database(item) or once_is_enough(item)}
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    worker = getattr(config, "workerinput", {})
    if worker:
        items[:] = shared_out(items, int(worker["workercount"]))
