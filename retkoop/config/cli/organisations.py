"""The sub-commands that make organisations: each prints a one-use link by which its person chooses a password."""

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retkoop.identity.models import Association, Cooperative, Federation, Role

PERSON = (
    (("--person",), {"default": "", "help": "nom de la personne qui recevra le lien"}),
    (("--email",), {"default": None, "help": "son adresse e-mail"}),
)
FEDERATION = ((("--name",), {"default": "Fédération nationale", "help": "nom de la fédération"}), *PERSON)
ASSOCIATION = (
    (("code",), {"help": "trois caractères : 085, 02B, 974"}),
    (("--name",), {"default": "", "help": "nom de l’AD (sinon « OCCE » et le code)"}),
    (("--department",), {"default": "", "help": "nom du département"}),
    (("--phone",), {"default": ""}),
    (("--contact",), {"default": "", "help": "adresse e-mail de l’AD"}),
    (("--hours",), {"default": "", "help": "horaires de l’AD"}),
    (("--time-zone",), {"default": "Europe/Paris", "help": "fuseau horaire"}),
    *PERSON,
)
COOPERATIVE = (
    (("identifier",), {"help": "identifiant : 085-101"}),
    (("--name",), {"default": "", "help": "nom de l’école"}),
    (("--town",), {"default": "", "help": "commune"}),
    *PERSON,
)


def create_federation(options: argparse.Namespace) -> int:
    """The federation of an empty base."""
    return _create(options, _federation)


def create_association(options: argparse.Namespace) -> int:
    """An AD of the federation."""
    return _create(options, _association)


def create_cooperative(options: argparse.Namespace) -> int:
    """A cooperative of an AD, with one bank account and its cash box, from last year's 1 September on."""
    return _create(options, _cooperative)


def _create(options: argparse.Namespace, make: object) -> int:
    import django

    django.setup()
    from django.db import transaction

    from retkoop.core.locks import writer_turn
    from retkoop.core.refusal import Refusal

    assert callable(make)
    try:
        with writer_turn(), transaction.atomic():
            print(make(options))
    except Refusal as refusal:
        print(refusal.message, file=sys.stderr)
        return 1
    return 0


def _federation(options: argparse.Namespace) -> str:
    from retkoop.identity import services
    from retkoop.identity.models import Role

    federation = services.create_federation(name=options.name)
    return _activation(options, federation, Role.FEDERATION, federation.name)


def _association(options: argparse.Namespace) -> str:
    from retkoop.core.refusal import Refusal
    from retkoop.identity import services
    from retkoop.identity.models import Federation, Role
    from retkoop.ledger import chart

    federation = Federation.objects.first()
    if federation is None:
        message = "Il n’y a pas encore de fédération : commencez par « retkoop create-federation »."
        raise Refusal(message)
    association = services.create_association(
        federation=federation,
        code=options.code,
        name=options.name or f"OCCE {options.code}",
        department=options.department or options.code,
        phone=options.phone,
        email=options.contact,
        office_hours=options.hours,
        time_zone=options.time_zone,
    )
    chart.load()
    return _activation(options, association, Role.AD_ACCOUNTANT, association.name)


def _cooperative(options: argparse.Namespace) -> str:
    from retkoop.core import clock
    from retkoop.core.refusal import Refusal
    from retkoop.core.schoolyear import SchoolYear
    from retkoop.identity import services
    from retkoop.identity.identifiers import Kind, parse
    from retkoop.identity.models import Association, Role
    from retkoop.identity.services.people import NOBODY
    from retkoop.ledger.services.treasuries import open_treasury

    who = parse(options.identifier)
    association = Association.objects.filter(code=who.code).first()
    if who.kind is not Kind.COOPERATIVE or association is None:
        message = f"« {options.identifier} » ne commence pas par le code d’une AD d’ici : créez-la par « retkoop create-ad »."
        raise Refusal(message)
    today = clock.today(association.time_zone)
    name = options.name or f"École {who.number}"
    cooperative = services.create_cooperative(
        association=association, number=who.number, name=name, town=options.town, created_on=today
    )
    opened = SchoolYear(SchoolYear.of(today).first - 1).start
    for account, label in (("bank", "Banque"), ("cash", "Caisse")):
        open_treasury(cooperative=cooperative, account=account, label=label, opened=opened, author=NOBODY)
    return _activation(options, cooperative, Role.MANDATAIRE, cooperative.identifier)


def _activation(
    options: argparse.Namespace, organisation: "Federation | Association | Cooperative", role: "Role", name: str
) -> str:
    """Make the person, give the mandate from today; the sentence with the link."""
    from django.conf import settings

    from retkoop.core import clock
    from retkoop.identity import services
    from retkoop.identity.models import LinkPurpose

    person = services.create_person(full_name=options.person or name, email=options.email)
    services.give_mandate(person=person, role=role, organisation=organisation, starts=clock.today())
    token = services.issue_link(person=person, purpose=LinkPurpose.ACTIVATION)
    return f"{name}\nLien à usage unique pour choisir le mot de passe : {settings.BASE_URL}/acces/{token}/"
