"""The steps of the guides, CRA → CRF → quitus → documents → transmettre: where each is, and whether it is done.

Each step asks one small question of the report; a page of the room shows them
all (`templates/yearend/_steps.html`), the summary says them in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from retkoop.ledger.controls import Control
from retkoop.ledger.models import FiscalYear
from retkoop.yearend.controls import balanced
from retkoop.yearend.models import ActivityReport, PaperKind, Quitus, Report, ReportState
from retkoop.yearend.queries.activity import ActivityProgress
from retkoop.yearend.queries.news import ToMend, asked_again
from retkoop.yearend.queries.papers import QUITUS_SUBJECT, Need, documents_there
from retkoop.yearend.queries.shapes import Figures
from retkoop.yearend.readiness import Known

HUB = "/compte-rendu/"
SENT = frozenset({ReportState.SUBMITTED, ReportState.IN_REVIEW, ReportState.VALIDATED, ReportState.ARCHIVED})


@dataclass(frozen=True)
class Step:
    """A step: its key, its short words and its title, its place; `state` is done, now (the page shown) or later.

    `detail` says what is left.
    """

    key: str
    words: str
    title: str
    url: str
    done: bool
    detail: str
    state: str = "later"


def steps_of(year: FiscalYear, report: Report | None, known: Known, asked: Sequence[ToMend] = (), here: str = "") -> list[Step]:
    """The five steps of the year's report; `here` is the key of the page shown, if it is one of them."""
    told = {
        "cra": _activity(known.activity),
        "crf": _finances(known.verdicts),
        "quitus": _quitus(known.needs, asked),
        "documents": _documents(known.needs, known.figures, asked),
        "transmettre": _submission(report),
    }
    return _steps(year, told, here)


def brief_steps(
    year: FiscalYear,
    report: Report | None,
    figures: Figures,
    verdicts: Sequence[Control],
    asked: Sequence[ToMend],
    here: str,
) -> list[Step]:
    """The same for a page that asks no more of the others than whether they are done, in a few queries."""
    pages = ActivityReport.objects.filter(report=report).values_list("pages", flat=True).first() if report else None
    standing = Quitus.objects.filter(report=report, given_at__isnull=False, withdrawn_at__isnull=True)
    given = standing.values_list("given_at", flat=True).last() if report else None
    again = [one.reason.at for one in asked if one.reason.field == QUITUS_SUBJECT]
    documents = any(one.reason.field.startswith("paper:") for one in asked)
    sent = _submission(report)
    told = {
        "cra": ({"1", "2"} <= set(pages or ()), ""),
        "crf": _finances(verdicts),
        "quitus": (given is not None and all(at < given for at in again), ""),
        "documents": (sent[0] or (not documents and documents_there(year, report, figures)), ""),
        "transmettre": sent,
    }
    return _steps(year, told, here)


_STEPS = (
    ("cra", "CRA", "Activité (CRA)", "cra/"),
    ("crf", "CRF", "Finances (CRF)", "crf/"),
    ("quitus", "Quitus", "Quitus des vérificateurs", "quitus/"),
    ("documents", "Documents", "Documents à joindre", "documents/"),
    ("transmettre", "Envoi", "Transmettre à votre AD", "#transmettre"),
)


def _steps(year: FiscalYear, told: dict[str, tuple[bool, str]], here: str) -> list[Step]:
    found = []
    for key, words, title, tail in _STEPS:
        done, detail = told[key]
        state = "now" if key == here else "done" if done else "later"
        found.append(Step(key, words, title, _place(tail, year), done, detail, state))
    return found


def _place(tail: str, year: FiscalYear) -> str:
    """The step's address, with its year."""
    path, mark, anchor = f"{HUB}{tail}".partition("#")
    return f"{path}?annee={year.slug}{mark}{anchor}"


def _activity(progress: ActivityProgress) -> tuple[bool, str]:
    """Is nothing required missing from the CRA, and is each page validated?"""
    if not progress.form.asked:
        return False, "Le questionnaire de cette année n’est pas encore chargé."
    if progress.finished:
        return True, "Les réponses sont validées."
    if not progress.begun:
        return False, "Pas encore commencé."
    left = len(progress.missing)
    if left:
        return False, f"Commencé : il manque {left} réponse{'s' if left > 1 else ''} obligatoire{'s' if left > 1 else ''}."
    return False, "Commencé : il reste une page à valider."


def _finances(verdicts: Sequence[Control]) -> tuple[bool, str]:
    """Do the controls agree?"""
    return balanced(verdicts), verdicts[-1].message


def _quitus(needs: Sequence[Need], asked: Sequence[ToMend]) -> tuple[bool, str]:
    """Does a quitus stand, of which the AD asks nothing more?"""
    need = next(need for need in needs if need.kind == PaperKind.QUITUS)
    if need.there and asked_again(need, asked):
        return False, "Votre AD demande de refaire le quitus."
    if need.there:
        return True, "Le quitus est donné."
    if need.quitus is not None and need.quitus.void:
        return False, "Le quitus ne vaut plus : les comptes ont changé depuis."
    return False, "Le quitus n’est pas encore donné."


def _documents(needs: Sequence[Need], figures: Figures, asked: Sequence[ToMend]) -> tuple[bool, str]:
    """Is everything there? Without a figure nobody knows yet what is asked for."""
    if not figures.touched:
        return False, "Retkoop dira lesquels une fois les comptes saisis."
    own = [need for need in needs if need.kind != PaperKind.QUITUS]
    missing = [need for need in own if not need.there]
    again = sum(1 for need in own if need.there and asked_again(need, asked))
    if not missing and again:
        return False, f"Votre AD demande de revoir {again} document{'s' if again > 1 else ''}."
    if not missing:
        return True, "Tous les documents sont là."
    return False, f"{len(missing)} document{'s' if len(missing) > 1 else ''} à fournir."


def _submission(report: Report | None) -> tuple[bool, str]:
    """Is the report at the AD's?"""
    if report is not None and report.state in SENT:
        return True, "Votre saisie est terminée."
    return False, "Le compte-rendu n’est pas encore transmis."
