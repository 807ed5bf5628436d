"""The four steps of guide 004: effectifs, engagement du mandataire, transmettre, identité de la coop."""

from dataclasses import dataclass

from retkoop.core.schoolyear import SchoolYear
from retkoop.membership.models import SheetState
from retkoop.membership.queries.adhesions import Standing, StandingState

TABLE, ENGAGEMENT, SEND, IDENTITY = "/adhesion/", "/adhesion/engagement/", "/adhesion/transmettre/", "/identite/?adhesion=1"


@dataclass(frozen=True)
class Step:
    """A step: its words, its page ("" while one may not go there); `state` is done, now or later."""

    words: str
    url: str
    state: str


def path_of(path: str, first: int) -> str:
    """The page, in that school year."""
    return f"{path}?annee={SchoolYear(first).slug}"


def steps_of(standing: Standing, here: str) -> list[Step]:
    """`here`: the path of the page shown. None when there is nothing to do: no tariff, résiliée, final."""
    opened = standing.open_sheet
    filling = opened is not None and opened.state == SheetState.FILLING
    begun, sent = bool(standing.sheets), bool(standing.sheets) and not filling
    if standing.state in {StandingState.NO_TARIFF, StandingState.RESIGNED} or (standing.final and not filling):
        return []
    steps = []
    for path, words, done, open_ in (
        (TABLE, "Effectifs", begun, True),
        (ENGAGEMENT, "Engagement du mandataire", bool(standing.engagements), begun),
        (SEND, "Transmettre à l’AD", sent, begun and not sent),
    ):
        now = path == here and not (path == TABLE and sent)
        state = "now" if now else "done" if done else "later"
        steps.append(Step(words, path_of(path, standing.first) if open_ and path != here else "", state))
    last = "now" if sent and here == TABLE and standing.engagements else "later"
    return [*steps, Step("Identité de la coop", IDENTITY, last)]


@dataclass(frozen=True)
class NextStep:
    """What is to be done now: a sentence, and where ("" when the AD has the next word)."""

    sentence: str
    words: str
    url: str


def next_step(standing: Standing) -> NextStep:
    """For the home page and for the table."""
    state, first = standing.state, standing.first
    table = path_of(TABLE, first)
    if state == StandingState.NO_TARIFF:
        return NextStep("Votre AD n’a pas encore fixé le tarif de cette année.", "", "")
    if state == StandingState.RESIGNED:
        return NextStep("La coopérative a résilié son adhésion.", "", "")
    if state == StandingState.NOT_RENEWED:
        return NextStep("La date limite de votre AD est passée et l’adhésion n’est pas renouvelée.", "Faire l’adhésion", table)
    if state == StandingState.NOT_BEGUN:
        return NextStep("Vérifiez les effectifs de l’année passée, puis transmettez-les.", "Faire l’adhésion", table)
    if not standing.engagements:
        url = path_of(ENGAGEMENT, first)
        return NextStep("Il manque l’engagement du mandataire : sans lui, l’adhésion n’est pas définitive.", "S’engager", url)
    if state == StandingState.FILLING:
        return NextStep("Il reste à transmettre l’adhésion à votre AD.", "Transmettre", path_of(SEND, first))
    opened = standing.open_sheet
    if state == StandingState.VALIDATED and opened is not None and opened.state == SheetState.FILLING:
        return NextStep("Un avenant est en cours de saisie.", "Reprendre l’avenant", table)
    if state == StandingState.SENT or opened is not None:
        return NextStep("Votre AD l’a reçue : elle la valide, et vous recevrez un message.", "", "")
    return NextStep("Votre adhésion est terminée.", "", "")
