"""What a cooperative may not do with its adhésion, in French: each raises a Refusal that says why, and what to do."""

from collections.abc import Sequence

from retkoop.core import clock
from retkoop.core.dates import format_long
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Cooperative, Mandate
from retkoop.membership.models import SchoolClass, Sheet, SheetState
from retkoop.membership.queries.adhesions import Declared, Standing, StandingState

MOST_HEADS = 2_000
MOST_ROWS = 80
MOST_COPIES = 200
MOST_SUPPLEMENT_CENTS = 1_000_000


def refuse_stale(standing: Standing, version: int | None) -> None:
    """Raises StaleVersion when somebody else changed the adhésion since that version."""
    if version is not None and version != standing.version:
        raise StaleVersion


def refuse_validated(standing: Standing) -> None:
    """Raises Refusal when only an amendment may add."""
    if standing.validated:
        message = "Cette adhésion est validée : elle ne change plus. Ce qui change dans l’année se déclare par un avenant."
        raise Refusal(message)


def refuse_sent(sheet: Sheet) -> None:
    """Raises Refusal unless the sheet is being filled in."""
    if sheet.state == SheetState.SENT:
        message = "Cette adhésion est transmise à votre AD : reprenez d’abord votre saisie pour la changer."
        raise Refusal(message)
    if sheet.state != SheetState.FILLING:
        message = "Cette adhésion est validée : elle ne change plus."
        raise Refusal(message)


def refuse_closed(cooperative: Cooperative, standing: Standing) -> None:
    """Raises Refusal after a résiliation, and once the school year is over."""
    if standing.state == StandingState.RESIGNED:
        raise Refusal(_resigned(standing))
    year = SchoolYear(standing.first)
    if clock.today(cooperative.association.time_zone) > year.end:
        message = f"L’année {year.slug} est terminée depuis le {format_long(year.end)} : son adhésion ne change plus."
        raise Refusal(message)


def refuse_engagement(standing: Standing, mandate: Mandate) -> None:
    """Raises Refusal before the adhésion has begun, after a résiliation, or when that person has engaged already."""
    if standing.state == StandingState.RESIGNED:
        raise Refusal(_resigned(standing))
    if standing.tariff is None or not standing.sheets:
        message = f"L’adhésion {standing.slug} n’est pas commencée : remplissez d’abord le tableau des effectifs."
        raise Refusal(message)
    if any(made.person_id == mandate.person_id for made in standing.engagements):
        message = f"Votre engagement pour l’année {standing.slug} est déjà enregistré."
        raise Refusal(message)


def _resigned(standing: Standing) -> str:
    return (
        f"La coopérative a résilié son adhésion : elle n’adhère pas en {standing.slug}. "
        "Pour adhérer de nouveau, appelez votre AD."
    )


def refuse_values(
    cooperative: Cooperative, standing: Standing, rows: Sequence[Declared], supplement_cents: int, review_copies: int
) -> None:
    """Raises Refusal for what cannot be declared, with the form's field where there is one."""
    _refuse_rows(cooperative, rows)
    supplement = standing.prices is not None and standing.prices.supplement
    review = standing.prices is not None and standing.prices.review_cents > 0
    if supplement_cents and not supplement:
        message = "Votre AD n’a pas prévu de supplément libre cette année."
        raise Refusal(message, "supplement")
    if not 0 <= supplement_cents <= MOST_SUPPLEMENT_CENTS:
        message = "Ce supplément ne convient pas : écrivez un montant entre 0 et 10 000 €."
        raise Refusal(message, "supplement")
    if review_copies and not review:
        message = "Votre AD ne propose pas d’abonnement cette année."
        raise Refusal(message, "review_copies")
    if not 0 <= review_copies <= MOST_COPIES:
        message = f"Écrivez un nombre d’abonnements entre 0 et {MOST_COPIES}."
        raise Refusal(message, "review_copies")


def _refuse_rows(cooperative: Cooperative, rows: Sequence[Declared]) -> None:
    names = [row.label.strip().casefold() for row in rows]
    if len(rows) > MOST_ROWS:
        message = f"Un bulletin compte au plus {MOST_ROWS} lignes."
        raise Refusal(message)
    if not all(names):
        message = "Donnez un nom à chaque classe, par exemple « CE1, Mme Bernard »."
        raise Refusal(message)
    if len(set(names)) < len(names):
        message = "Deux lignes portent le même nom : ajoutez à la classe le nom de l’enseignante ou de l’enseignant."
        raise Refusal(message)
    for row in rows:
        if not all(0 <= heads <= MOST_HEADS for heads in (row.pupils, row.teachers, row.adults)):
            message = f"« {row.label} » : écrivez des nombres entre 0 et {MOST_HEADS}."
            raise Refusal(message)
    asked = [row.class_id for row in rows if row.class_id is not None]
    own = SchoolClass.objects.filter(cooperative=cooperative, pk__in=asked).count()
    if own != len(asked):
        message = "Une de ces classes n’est pas de votre école : rechargez la page."
        raise Refusal(message)
