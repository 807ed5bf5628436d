"""How a person likes to type entries. A habit of the screen, not an act on a book: nothing to audit."""

from retkoop.core.locks import writer_turn
from retkoop.identity.models import Person


def prefer_full_form(*, person: Person, full: bool) -> None:
    """Remember the last way chosen: the full form, or plain words."""
    if person.full_form != full:
        with writer_turn():
            Person.objects.filter(pk=person.pk).update(full_form=full)
        person.full_form = full
