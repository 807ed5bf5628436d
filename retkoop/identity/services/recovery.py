"""The supervised way back of someone who has lost their device, their codes, everything.

A colleague says why and how they made sure of the person; the service removes
the factors, voids the password, ends the sessions and writes a reset link to
the person's own address. No staff ever makes or sees a factor, a password, a
link or a session of somebody else (trust.md P12). Staff accounts open many
books: theirs waits a day, unless a second colleague confirms, and its owner can
stop it until then.
"""

import datetime as dt

from django.contrib.auth.hashers import make_password
from django_tasks import task

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity import mails
from retkoop.identity.audit import Act, Author, Operation, general_act
from retkoop.identity.models import AccessRecovery, LinkPurpose, Mandate, Person
from retkoop.identity.queries import live_mandates_of
from retkoop.identity.queries.protection import may_help
from retkoop.identity.services.factors import drop_factors
from retkoop.identity.services.links import issue_link
from retkoop.identity.services.sessions import end_sessions

DELAY = dt.timedelta(hours=24)
_NOT_WAITING = "Cette demande n’attend plus\u202f: elle a été faite ou arrêtée."


def ask_recovery(
    *, person: Person, helper: Mandate, reason: str, identity_check: str, operation: Operation | None = None
) -> AccessRecovery:
    """A cooperative's person gets their link at once, staff after a day. The caller knows `may_help`.

    Raises Refusal when it is not one's to do, the person has no address, or a request waits already.
    """
    author = Author(helper.person, helper.association)
    with general_act(author, "ask_recovery", operation=operation, reason=reason) as done:
        locked = _locked(person)
        _check_helper(helper, locked)
        if not locked.email:
            message = (
                "Cette personne n’a pas d’adresse e-mail, et personne d’autre qu’elle ne peut recevoir le lien\u202f: "
                "finissez son mandat et donnez-en un nouveau, avec une lettre d’activation."
            )
            raise Refusal(message)
        if AccessRecovery.objects.filter(person=locked, done_at=None, stopped_at=None).exists():
            message = "Une demande attend déjà pour cette personne."
            raise Refusal(message)
        now = clock.now()
        waits = any(mandate.cooperative_id is None for mandate in live_mandates_of(locked))
        recovery = AccessRecovery.objects.create(
            person=locked,
            asked_by=helper.person,
            reason=reason,
            identity_check=identity_check,
            asked_at=now,
            due_at=now + DELAY if waits else now,
        )
        done.about("person", person.pk)
        done.payload = {"recovery": recovery.pk, "identity_check": identity_check, "waits": waits}
        if waits:
            mails.recovery_asked(locked, helper.person, recovery.due_at)
            finish_recovery.using(run_after=recovery.due_at).enqueue(recovery_id=recovery.pk)
        else:
            _carry_out(recovery, author, done)
    return recovery


def confirm_recovery(*, recovery: AccessRecovery | None, helper: Mandate, operation: Operation | None = None) -> None:
    """A second colleague, who is not the one who asked: it takes effect now. Raises Refusal."""
    author = Author(helper.person, helper.association)
    with general_act(author, "confirm_recovery", operation=operation) as done:
        waiting = _waiting(recovery)
        done.reason = waiting.reason
        _check_helper(helper, waiting.person)
        if waiting.asked_by_id == helper.person_id:
            message = "Vous avez fait cette demande\u202f: c’est à un autre de la confirmer."
            raise Refusal(message)
        waiting.confirmed_by = helper.person
        waiting.save(update_fields=["confirmed_by"])
        done.about("person", waiting.person_id)
        _carry_out(waiting, author, done)


def stop_recovery(*, recovery: AccessRecovery | None, person: Person, operation: Operation | None = None) -> None:
    """Its owner, or a colleague who might have helped, stops it. The caller knows that it is theirs. Raises Refusal."""
    with general_act(Author(person), "stop_recovery", operation=operation) as done:
        waiting = _waiting(recovery)
        waiting.stopped_by, waiting.stopped_at = person, clock.now()
        waiting.save(update_fields=["stopped_by", "stopped_at"])
        done.about("person", waiting.person_id)
        done.payload = {"recovery": waiting.pk}
        mails.security_changed(waiting.person, f"La demande de vous rendre l’accès a été arrêtée par {person.full_name}.")


@task()
def finish_recovery(recovery_id: int) -> None:
    """A day later: carried out in the name of who asked, unless it was stopped or confirmed since."""
    recovery = AccessRecovery.objects.select_related("asked_by").get(pk=recovery_id)
    if recovery.done_at is not None or recovery.stopped_at is not None:
        return
    author = Author(recovery.asked_by)
    with general_act(author, "finish_recovery", reason=recovery.reason) as done:
        waiting = _waiting(recovery)
        done.about("person", waiting.person_id)
        _carry_out(waiting, author, done)


def _carry_out(recovery: AccessRecovery, author: Author, done: Act) -> None:
    """Nothing that opened the account opens it now; its way back goes to its owner alone."""
    person = recovery.person
    dropped = drop_factors(person)
    person.password = make_password(None)
    person.save(update_fields=["password"])
    ended = end_sessions(person=person)
    recovery.done_at = clock.now()
    recovery.save(update_fields=["done_at"])
    done.payload |= {"recovery": recovery.pk, "asked_by": recovery.asked_by_id, "factors": dropped, "sessions": ended}
    token = issue_link(person=person, purpose=LinkPurpose.RESET, author=author)
    mails.recovery_done(person, recovery.asked_by, token)


def _check_helper(helper: Mandate, person: Person) -> None:
    if not may_help(helper, person):
        message = "Vous ne pouvez pas aider cette personne\u202f: son association ou la fédération le peut."
        raise Refusal(message)


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update().get(pk=person.pk)


def _waiting(recovery: AccessRecovery | None) -> AccessRecovery:
    """The request, locked. Raises Refusal when there is none, or it waits no longer."""
    found = AccessRecovery.objects.select_for_update(of=("self",)).select_related("person", "asked_by")
    locked = found.filter(pk=recovery.pk, done_at=None, stopped_at=None).first() if recovery is not None else None
    if locked is None:
        raise Refusal(_NOT_WAITING)
    return locked
