"""The order of the tests: the long ones first, shared out between the workers, so that none of them ends alone.

`worksteal` hands each worker one stretch of the list; a stretch here begins
with its share of LONG. `--only-database` (for the second engine) leaves out
what touches no database: there, it would be the very same test again.
"""

import pytest

# seconds on SQLite; what is not named is short
LONG = {
    "test_every_form_sent_twice_has_one_effect": 20,
    "test_nobody_sees_another_cooperative_at_any_address_by_any_method": 20,
    "test_the_books_are_those_of_the_model_after_any_acts_in_any_order": 20,
    "test_killing_the_serving_process_loses_and_doubles_nothing": 15,
    "test_the_figures_are_those_of_the_document_whatever_the_day": 8,
    "test_a_book_with_one_value_replaced_or_missing_is_refused_whole_or_is_a_sound_book": 5,
    "test_markup_typed_anywhere_is_shown_as_it_was_typed": 8,
    "test_any_amount_and_any_day_is_stored_exactly_or_handed_back_as_typed": 8,
    "test_a_name_that_the_form_does_not_ask_for_has_no_effect": 8,
    "test_no_page_of_a_cooperative_reads_a_whole_table": 5,
    "test_a_real_year_is_kept_closed_lost_and_restored": 48,
    "test_no_page_of_a_mandataire_has_a_defect": 56,
}
ENGINE = {"db", "django_db_setup", "committed_db", "new_installation", "worker_database"}
OTHER_WAYS = ("connection", "live_server_process", "retkoop")  # of a module that reaches a database by itself


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-database", action="store_true", help="leave out the tests that touch no database")


def needs_database(item: pytest.Item) -> bool:
    """The others could not reach one: pytest-django refuses."""
    fixtures = set(getattr(item, "fixturenames", ()))
    module = getattr(item, "module", None)
    asked = bool(fixtures & ENGINE) or item.get_closest_marker("django_db") is not None
    return asked or any(hasattr(module, name) for name in OTHER_WAYS)


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
        left_out = [item for item in items if not needs_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if needs_database(item)]
    worker = getattr(config, "workerinput", {})
    if worker:
        items[:] = shared_out(items, int(worker["workercount"]))
