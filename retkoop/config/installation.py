"""What every database must hold once its tables exist: the guards and the reference data of this version."""

from retkoop.ledger import chart, triggers


def complete() -> None:
    """Install the triggers and load the chart of accounts; idempotent, some milliseconds."""
    guard()
    chart.load()


def guard() -> None:
    """Install the triggers alone."""
    triggers.install()
