"""Which questionnaire a cooperative answers in a year: the federation's in force, then its AD's own questions."""

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet

from retkoop.yearend.models import Questionnaire
from retkoop.yearend.questionnaire import Asked, Definition, Section, definition_of


@dataclass(frozen=True)
class Form:
    """The sections to answer. `federal` and `own` are the rows from which they come, None when there is none."""

    federal: Questionnaire | None
    own: Questionnaire | None
    sections: tuple[Section, ...]

    @property
    def asked(self) -> tuple[Asked, ...]:
        return tuple(question for section in self.sections for question in section.asked)

    @property
    def official(self) -> bool:
        """False: « modèle, en attente du questionnaire fédéral »."""
        return self.federal is None or self.federal.official


def federal_in_force(first: int) -> Questionnaire | None:
    """The federation's for the school year that begins in `first`: the latest begun, then its highest version."""
    return _latest(Questionnaire.objects.filter(association__isnull=True, first__lte=first))


def federal_asked(first: int) -> tuple[Asked, ...]:
    """The federation's questions of that school year."""
    federal = federal_in_force(first)
    return definition(federal).asked if federal is not None else ()


def form_in_force(association_id: int, first: int) -> Form:
    """What a cooperative of that AD is asked in that year."""
    own = _latest(Questionnaire.objects.filter(association_id=association_id, first__lte=first))
    return form_of(federal_in_force(first), own)


def form_of(federal: Questionnaire | None, own: Questionnaire | None) -> Form:
    """The form that those two make."""
    sections = definition(federal).sections if federal is not None else ()
    if own is not None:
        sections += own_definition(own, federal).sections
    return Form(federal, own, sections)


def definition(row: Questionnaire) -> Definition:
    """What a stored federal questionnaire asks, read once a process: a loaded version never changes."""
    return _federal(row.pk, row.digest)


def own_definition(row: Questionnaire, federal: Questionnaire | None) -> Definition:
    """What an AD adds; its conditions may name the federation's questions."""
    known = definition(federal).asked if federal is not None else ()
    return definition_of(row.definition, own=True, known=known)


@lru_cache(maxsize=64)
def _federal(pk: int, digest: str) -> Definition:
    return definition_of(Questionnaire.objects.get(pk=pk, digest=digest).definition)


def _latest(rows: QuerySet[Questionnaire]) -> Questionnaire | None:
    return rows.order_by("-first", "-version").first()
