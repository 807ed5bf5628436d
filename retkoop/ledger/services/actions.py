"""Actions (« regroupements d’actions »): made, renamed; never deleted, entries name them."""

from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity import audit
from retkoop.identity.models import Cooperative
from retkoop.ledger.models import Action, Entry

LONGEST = 60


def create_action(
    *, cooperative: Cooperative, name: str, author: audit.Author, operation: audit.Operation | None = None
) -> Action:
    """A new action. Raises Refusal for an empty or known name."""
    try:
        with audit.act(cooperative, author, "action.created", operation=operation) as act:
            action = Action.objects.create(cooperative=cooperative, name=_free_name(cooperative, name))
            act.about("action", action.pk)
            act.payload = {"action": action.name}
    except audit.Replay as replay:
        return Action.objects.get(pk=replay.subject_id)
    return action


def rename_action(
    *, action: Action, name: str, before: str, author: audit.Author, operation: audit.Operation | None = None
) -> Action:
    """Another name for an action; its entries follow.

    `before`: the name that the author saw. Raises StaleVersion when it is no
    longer so, Refusal for an empty or known name, and when a closed book
    names the action: what is closed keeps its words.
    """
    try:
        with audit.act(action.cooperative, author, "action.renamed", operation=operation) as act:
            current = Action.objects.get(pk=action.pk)
            if current.name != before:
                raise StaleVersion
            _refuse_closed(current)
            current.name = _free_name(action.cooperative, name, current)
            current.save(update_fields=["name"])
            act.about("action", current.pk)
            act.payload = {"action": current.name, "before": before}
    except audit.Replay as replay:
        return Action.objects.get(pk=replay.subject_id)
    return current


def _refuse_closed(action: Action) -> None:
    used = Entry.objects.filter(action=action, year__closed_at__isnull=False)
    first = used.order_by("year__start").values_list("year__start", flat=True).first()
    if first is not None:
        year = SchoolYear.of(first)
        message = f"Le cahier {year} est clos et nomme « {action.name} » : gardez ce nom, ou créez une autre action."
        raise Refusal(message, "name")


def _free_name(cooperative: Cooperative, name: str, current: Action | None = None) -> str:
    cleaned = " ".join(name.split())
    if not cleaned:
        message = "Nommez l’action, par exemple « Classe de mer »."
        raise Refusal(message, "name")
    if len(cleaned) > LONGEST:
        message = f"Le nom d’une action tient en {LONGEST} caractères : raccourcissez-le."
        raise Refusal(message, "name")
    same = Action.objects.filter(cooperative=cooperative, name=cleaned)
    if current is not None:
        same = same.exclude(pk=current.pk)
    if same.exists():
        message = f"Une action s’appelle déjà « {cleaned} » : choisissez un autre nom."
        raise Refusal(message, "name")
    return cleaned
