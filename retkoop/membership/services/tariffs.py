"""The AD's prices of a school year: typed once, changed for the sheets that are not sent yet."""

import datetime as dt
from dataclasses import dataclass, fields

from retkoop.core import clock
from retkoop.core.money import format_euros
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity import audit
from retkoop.identity.models import Association
from retkoop.membership.models import Tariff

MOST_CENTS = 10_000  # a head; the minimum and the review may be larger
MOST_SUM_CENTS = 100_000


@dataclass(frozen=True)
class Terms:
    """What an AD types for a school year; cents a head, as in `Tariff`."""

    pupil_cents: int
    adult_cents: int
    federal_pupil_cents: int
    federal_adult_cents: int
    insurance_pupil_cents: int
    insurance_adult_cents: int
    minimum_cents: int
    supplement: bool
    review_cents: int
    deadline: dt.date
    resignation_by: dt.date
    insurance_contract: str
    engagement: str

    @classmethod
    def of(cls, tariff: Tariff) -> "Terms":
        """Those of a tariff."""
        return cls(**{field.name: getattr(tariff, field.name) for field in fields(cls)})


def set_tariff(
    *,
    association: Association,
    first: int,
    terms: Terms,
    author: audit.Author,
    version: int,
    operation: audit.Operation | None = None,
) -> Tariff:
    """Keep the prices of a school year. A sheet that was sent keeps its own: only the others follow.

    `version`: the tariff's when the page was shown, 0 when there was none. Raises StaleVersion, Refusal.
    """
    _refuse(first, terms)
    try:
        with audit.general_act(author, "tariff.set", operation=operation) as act:
            Association.objects.select_for_update().get(pk=association.pk)
            tariff = Tariff.objects.filter(association=association, first=first).first()
            if (tariff.version if tariff else 0) != version:
                raise StaleVersion
            tariff = tariff or Tariff(association=association, first=first, version=0)
            for field in fields(terms):
                setattr(tariff, field.name, getattr(terms, field.name))
            tariff.version += 1
            tariff.changed_at, tariff.changed_by = clock.now(), author.person
            tariff.save()
            act.about("tariff", tariff.pk)
            told = {field.name: getattr(terms, field.name) for field in fields(terms)}
            days = {name: told[name].isoformat() for name in ("deadline", "resignation_by")}
            act.payload = {"association": association.code, "year": SchoolYear(first).slug, "terms": told | days}
    except audit.Replay as replay:
        return Tariff.objects.get(pk=replay.subject_id)
    return tariff


def _refuse(first: int, terms: Terms) -> None:
    year = SchoolYear(first)
    for name in ("pupil", "adult"):
        price, federal = getattr(terms, f"{name}_cents"), getattr(terms, f"federal_{name}_cents")
        insurance = getattr(terms, f"insurance_{name}_cents")
        if not all(0 <= cents <= MOST_CENTS for cents in (price, federal, insurance)):
            message = f"Un prix par personne va de 0 à {format_euros(MOST_CENTS)} : vérifiez la virgule."
            raise Refusal(message, f"{name}_cents")
        if federal > price:
            message = "La part de la fédération est comprise dans la cotisation : elle ne peut pas être plus grande."
            raise Refusal(message, f"federal_{name}_cents")
    for name in ("minimum_cents", "review_cents"):
        if not 0 <= getattr(terms, name) <= MOST_SUM_CENTS:
            message = f"Écrivez un montant de 0 à {format_euros(MOST_SUM_CENTS)}."
            raise Refusal(message, name)
    early = dt.date(first, 6, 1)
    for name in ("deadline", "resignation_by"):
        if not early <= getattr(terms, name) <= year.end:
            message = f"Choisissez un jour de l’année {year.slug}, par exemple le 31/10/{first}."
            raise Refusal(message, name)
    if not terms.engagement.strip():
        message = "Écrivez le texte auquel le mandataire s’engage : sans lui, aucune adhésion n’est définitive."
        raise Refusal(message, "engagement")
