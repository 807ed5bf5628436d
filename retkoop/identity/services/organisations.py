"""The federation, its ADs, their cooperatives: how each comes to be, and an AD's own settings."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import available_timezones

from django.db import transaction

from retkoop.core import clock
from retkoop.core.locks import writer_turn
from retkoop.core.refusal import Refusal
from retkoop.identity.audit import Author, Operation, act, general_act
from retkoop.identity.identifiers import ASSOCIATION_CODE, COOPERATIVE_NUMBER
from retkoop.identity.models import AccessLink, Association, BookHead, Cooperative, Federation, Mandate
from retkoop.identity.queries import live_cooperatives

NOBODY = Author(None)


def create_federation(*, name: str, demo: bool = False, author: Author = NOBODY) -> Federation:
    """The national federation; `demo` marks made-up data. Raises Refusal when there is one already."""
    with general_act(author, "create_federation") as done:
        if Federation.objects.exists():
            message = "La fédération existe déjà."
            raise Refusal(message)
        federation = Federation.objects.create(name=_given(name, "name", "le nom de la fédération"), demo=demo)
        done.about("federation", federation.pk)
        done.payload = {"name": federation.name, "demo": demo}
    return federation


def create_association(
    *,
    federation: Federation,
    code: str,
    name: str,
    department: str,
    phone: str = "",
    email: str = "",
    office_hours: str = "",
    address: str = "",
    time_zone: str = "Europe/Paris",
    author: Author = NOBODY,
) -> Association:
    """A departmental association. `code`: three characters, 085, 02B, 974. Raises Refusal."""
    code = code.strip().upper()
    if not ASSOCIATION_CODE.fullmatch(code):
        message = "Le code d’une AD a trois caractères, par exemple 085, 02B ou 974."
        raise Refusal(message, "code")
    if time_zone not in available_timezones():
        message = "Ce fuseau horaire n’est pas connu\u202f; un exemple\u202f: Europe/Paris."
        raise Refusal(message, "time_zone")
    with general_act(author, "create_association") as done:
        if Association.objects.filter(code=code).exists():
            message = f"L’AD {code} existe déjà."
            raise Refusal(message, "code")
        facts = {
            "code": code,
            "name": _given(name, "name", "le nom de l’AD"),
            "department": _given(department, "department", "le nom du département"),
            "phone": phone.strip(),
            "email": email.strip().lower(),
            "office_hours": office_hours.strip(),
            "address": address.strip(),
            "time_zone": time_zone,
        }
        association = Association.objects.create(federation=federation, **facts)
        done.about("association", association.pk)
        done.payload = dict(facts)
    return association


def create_cooperative(
    *,
    association: Association,
    number: str,
    name: str,
    town: str = "",
    created_on: dt.date,
    author: Author = NOBODY,
) -> Cooperative:
    """A cooperative and the head of its book; its creation is the first event of its chain. Raises Refusal."""
    number = number.strip()
    if not COOPERATIVE_NUMBER.fullmatch(number):
        message = "Le numéro d’une coopérative a trois ou quatre chiffres, par exemple 099."
        raise Refusal(message, "number")
    name = _given(name, "name", "le nom de l’école")
    with writer_turn(), transaction.atomic():
        if live_cooperatives(association).filter(number=number).exists():
            message = f"La coopérative {association.code}-{number} existe déjà."
            raise Refusal(message, "number")
        cooperative = Cooperative.objects.create(
            association=association, number=number, name=name, town=town.strip(), created_on=created_on
        )
        BookHead.objects.create(cooperative=cooperative)
        with act(cooperative, author, "create_cooperative") as done:
            done.about("cooperative", cooperative.pk)
            done.payload = {
                "identifier": cooperative.identifier,
                "name": name,
                "town": cooperative.town,
                "created_on": created_on.isoformat(),
            }
    return cooperative


def rename_cooperative(*, cooperative: Cooperative, name: str, town: str, author: Author) -> Cooperative:
    """The school's name and its town, as the cooperative writes them. Raises Refusal."""
    name, town = _given(name, "name", "le nom de l’école"), " ".join(town.split())
    with act(cooperative, author, "rename_cooperative") as done:
        locked = Cooperative.objects.select_related("association").get(pk=cooperative.pk)
        before = {"name": locked.name, "town": locked.town}
        locked.name, locked.town = name, town
        locked.save(update_fields=["name", "town"])
        done.about("cooperative", locked.pk)
        done.payload = {"before": before, "after": {"name": name, "town": town}}
    return locked


def withdraw_cooperative(*, cooperative: Cooperative, author: Author) -> Cooperative:
    """Undo a creation: it leaves every list, its number is free again, its mandates and their unused links end at once.

    Its rows and its chain stay. The caller has made sure that nothing was done in it. Twice changes nothing.
    """
    with act(cooperative, author, "withdraw_cooperative") as done:
        locked = Cooperative.objects.select_related("association").get(pk=cooperative.pk)
        now, today = clock.now(), clock.today(locked.association.time_zone)
        mandates = Mandate.objects.filter(cooperative=locked, ended_at__isnull=True)
        people = list(mandates.values_list("person_id", flat=True))
        for mandate in mandates:
            mandate.ends, mandate.ended_at = max(mandate.starts, today), now
            mandate.save(update_fields=["ends", "ended_at"])
        links = AccessLink.objects.filter(person_id__in=people, person__mandates__cooperative=locked, used_at__isnull=True)
        links.filter(expires_at__gt=now).update(expires_at=now)
        locked.invitations.filter(mandate__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=now)
        locked.withdrawn_at = locked.withdrawn_at or now
        locked.save(update_fields=["withdrawn_at"])
        done.about("cooperative", locked.pk)
        done.payload = {"identifier": locked.identifier, "mandates_of": people}
    return locked


def change_association_settings(
    *,
    association: Association,
    phone: str,
    email: str,
    office_hours: str,
    cash_ceiling_cents: int,
    muted_warnings: Sequence[str],
    former_reads: bool,
    author: Author,
    operation: Operation | None = None,
) -> Association:
    """How to reach the AD, its cash ceiling (cents), the soft warnings that it has switched off, its former mandataires."""
    if cash_ceiling_cents < 0:
        message = "Le plafond de caisse ne peut pas être négatif."
        raise Refusal(message, "cash_ceiling")
    after = {
        "phone": phone.strip(),
        "email": email.strip().lower(),
        "office_hours": office_hours.strip(),
        "cash_ceiling_cents": cash_ceiling_cents,
        "muted_warnings": sorted(set(muted_warnings)),
        "former_reads": former_reads,
    }
    with general_act(author, "change_association_settings", operation=operation) as done:
        locked = Association.objects.select_for_update().get(pk=association.pk)
        before = {name: getattr(locked, name) for name in after}
        for name, value in after.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(after))
        done.about("association", locked.pk)
        done.payload = {"before": before, "after": after}
    return locked


def _given(text: str, field: str, what: str) -> str:
    text = " ".join(text.split())
    if not text:
        message = f"Il manque {what}."
        raise Refusal(message, field)
    return text
