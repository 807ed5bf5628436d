"""What a person changes of their own account."""

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password
from django.core import signing

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity import mails
from retkoop.identity.audit import Author, Operation, general_act, refuse_known
from retkoop.identity.models import Person
from retkoop.identity.queries import email_is_free
from retkoop.identity.services import throttle
from retkoop.identity.services.links import check_new_password
from retkoop.identity.services.people import clean_email
from retkoop.identity.services.sessions import end_sessions

_SALT = "retkoop.identity.email"
_ONE_DAY = 24 * 3600


@dataclass(frozen=True)
class EmailChange:
    """A change of address that waits for its confirmation; valid while the old address is the person's."""

    person: Person
    email: str


def change_password(*, person: Person, old: str, new: str, keep: str = "", operation: Operation | None = None) -> None:
    """One's own password; every session but the one of the key `keep` ends.

    Raises Refusal (`old_password`, `new_password`), Throttled.
    """
    _refuse_known(operation, person)
    verify_own_password(person=person, password=old, field="old_password")
    check_new_password(new, person)
    with general_act(Author(person), "change_password", operation=operation) as done:
        person.set_password(new)
        person.save(update_fields=["password"])
        end_sessions(person=person, keep=keep)
        done.about("person", person.pk)


def request_email_change(*, person: Person, email: str, password: str, operation: Operation | None = None) -> None:
    """Write a confirmation link to the new address; nothing changes before it is followed.

    An address that is somebody else's is answered the same, and gets no link.
    Raises Refusal (`email`, `email_password`), Throttled.
    """
    address = clean_email(email)
    _refuse_known(operation, person)
    verify_own_password(person=person, password=password, field="email_password")
    with general_act(Author(person), "request_email_change", operation=operation) as done:
        done.about("person", person.pk)
        if email_is_free(address, person):
            token = signing.dumps({"person": person.pk, "old": person.email, "new": address}, salt=_SALT)
            mails.confirm_email(person, address, token)


def read_email_change(token: str) -> EmailChange:
    """The change that a link asks for, without making it. Raises Refusal."""
    message = "Ce lien n’est plus valable\u202f: redemandez-le depuis votre compte."
    try:
        facts = signing.loads(token, salt=_SALT, max_age=_ONE_DAY)
    except signing.BadSignature as error:
        raise Refusal(message) from error
    person = Person.objects.filter(pk=facts["person"], email=facts["old"], is_active=True).first()
    if person is None or not email_is_free(facts["new"], person):
        raise Refusal(message)
    return EmailChange(person, facts["new"])


def confirm_email(*, token: str) -> Person:
    """The link was followed: the address changes, the old one is told. Raises Refusal."""
    change = read_email_change(token)
    person, old = change.person, change.person.email
    with general_act(Author(person), "confirm_email") as done:
        person.email = change.email
        person.save(update_fields=["email"])
        done.about("person", person.pk)
        done.payload = {"before": old, "after": change.email}
        if old:
            mails.email_changed(person, old)
    return person


def set_full_form(*, person: Person, full_form: bool, operation: Operation | None = None) -> None:
    """Prefer the full entry form to the plain words, or the other way round."""
    with general_act(Author(person), "set_full_form", operation=operation) as done:
        person.full_form = full_form
        person.save(update_fields=["full_form"])
        done.about("person", person.pk)
        done.payload = {"full_form": full_form}


def set_reminders(*, person: Person, wanted: bool, operation: Operation | None = None) -> None:
    """Receive the calendar's reminders by e-mail, or not."""
    with general_act(Author(person), "set_reminders", operation=operation) as done:
        person.wants_reminders = wanted
        person.save(update_fields=["wants_reminders"])
        done.about("person", person.pk)
        done.payload = {"wants_reminders": wanted}


def postpone_invitation(*, person: Person, operation: Operation | None = None) -> None:
    """« Compris, mais plus tard »: the invitation to add an address or a second factor waits for thirty days."""
    with general_act(Author(person), "postpone_invitation", operation=operation) as done:
        person.invited_at = clock.now()
        person.save(update_fields=["invited_at"])
        done.about("person", person.pk)


def verify_own_password(*, person: Person, password: str, field: str) -> None:
    """A signed-in person types their password again. Raises Refusal on `field`, Throttled."""
    keys = throttle.person_keys(person.pk)
    throttle.charge(keys)
    if not check_password(password, person.password):
        message = "Ce n’est pas votre mot de passe actuel."
        raise Refusal(message, field)
    throttle.forgive(keys)


def _refuse_known(operation: Operation | None, person: Person) -> None:
    """A double click must not find the password that its first half has just replaced."""
    if operation is not None:
        refuse_known(operation, None, Author(person))
