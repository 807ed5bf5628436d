"""The tables of the membership, one module per part of it."""

from retkoop.membership.models.adhesions import (
    Adhesion,
    Engagement,
    HeadCount,
    Payer,
    PaymentWay,
    Resignation,
    Sheet,
    SheetState,
)
from retkoop.membership.models.cards import CardChange, Level, SchoolCard, SchoolClass, SchoolKind
from retkoop.membership.models.creation import CreationBatch
from retkoop.membership.models.tariffs import FederalPayment, Tariff

__all__ = [
    "Adhesion",
    "CardChange",
    "CreationBatch",
    "Engagement",
    "FederalPayment",
    "HeadCount",
    "Level",
    "Payer",
    "PaymentWay",
    "Resignation",
    "SchoolCard",
    "SchoolClass",
    "SchoolKind",
    "Sheet",
    "SheetState",
    "Tariff",
]
