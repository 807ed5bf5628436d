"""What every database must hold once its tables exist: the guards and the reference data of this version."""

from retkoop.ledger import chart, triggers
from retkoop.yearend.services.questionnaires import load_shipped


def complete() -> None:
    """Install the triggers, load the chart of accounts and the questionnaires; idempotent, some milliseconds."""
    guard()
    chart.load()
    load_shipped()


def guard() -> None:
    """Install the triggers alone."""
    triggers.install()
