"""The cast of the tests, the same in every room, and how each of them enters.

Cooperatives A (085-099) and B (085-101) in one AD, C (038-012) in another.
Made by the services; the password of the two readers is READER_PASSWORD,
everybody else's is PASSWORD.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.test import Client

from retkoop.identity import services, session
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, Cooperative, Federation, Mandate, Person, Role
from retkoop.identity.queries import live_mandates_of
from retkoop.identity.sessions import SessionStore

PASSWORD = "craie tableau marelle préau"
READER_PASSWORD = "lire sans rien écrire"
SINCE = dt.date(2020, 9, 1)


@dataclass(frozen=True)
class Cast:
    """Everyone and every organisation of the tests."""

    federation: Federation
    ad_085: Association
    ad_038: Association
    cooperative_a: Cooperative
    cooperative_b: Cooperative
    cooperative_c: Cooperative
    mandataire_a: Person
    former_mandataire_a: Person
    reader_a: Person
    mandataire_b: Person
    mandataire_c: Person
    ad_accountant: Person
    ad_reader: Person
    other_ad: Person
    federation_person: Person


def make_cast() -> Cast:
    """The organisations, the people, their mandates and passwords."""
    federation = services.create_federation(name="Fédération de démonstration", demo=True)
    ad_085 = _association(federation, "085", "OCCE de la Vendée", "Vendée")
    ad_038 = _association(federation, "038", "OCCE de l’Isère", "Isère")
    a = _cooperative(ad_085, "099", "École des Marais", "Challans")
    b = _cooperative(ad_085, "101", "École du Phare", "Les Sables-d’Olonne")
    c = _cooperative(ad_038, "012", "École du Vercors", "Grenoble")
    encoded, readers = make_password(PASSWORD), make_password(READER_PASSWORD)
    former = _person("Odile Ancien", Role.MANDATAIRE, a, encoded)
    services.end_mandate(mandate=former.mandates.get(), author=Author(None))
    return Cast(
        federation=federation,
        ad_085=ad_085,
        ad_038=ad_038,
        cooperative_a=a,
        cooperative_b=b,
        cooperative_c=c,
        former_mandataire_a=former,
        mandataire_a=_person("Anne Maret", Role.MANDATAIRE, a, encoded),
        reader_a=_person("Rémi Vérif", Role.READER, a, readers),
        mandataire_b=_person("Bruno Phare", Role.MANDATAIRE, b, encoded),
        mandataire_c=_person("Claire Vercors", Role.MANDATAIRE, c, encoded),
        ad_accountant=_person("Adèle Compte", Role.AD_ACCOUNTANT, ad_085, encoded),
        ad_reader=_person("Léo Lecture", Role.AD_READER, ad_085, readers),
        other_ad=_person("Iris Autre", Role.AD_ACCOUNTANT, ad_038, encoded),
        federation_person=_person("Fédora Réseau", Role.FEDERATION, federation, encoded),
    )


def author(person: Person, *, on_behalf: Association | None = None) -> Author:
    """The author of an act, for calling services in tests."""
    return Author(person, on_behalf)


def signed_in(person: Person, cooperative: Cooperative | None = None) -> Client:
    """A browser in which the person is signed in, without the cost of a login.

    Under their first live mandate; `cooperative` is the one that an AD member has opened.
    """
    return signed_in_under(live_mandates_of(person)[0], cooperative)


def signed_in_under(mandate: Mandate, cooperative: Cooperative | None = None, *, second: bool = False) -> Client:
    """A browser signed in under that mandate, live or not; `second`: a second factor was shown."""
    request = HttpRequest()
    request.session = SessionStore()
    session.sign_in(request, mandate, second=second)
    if cooperative is not None:
        session.open_cooperative(request, cooperative)
    request.session.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return client


def _association(federation: Federation, code: str, name: str, department: str) -> Association:
    return services.create_association(
        federation=federation,
        code=code,
        name=name,
        department=department,
        phone="02 00 00 00 85",
        email=f"ad{code}@exemple.fr",
        office_hours="mardi et jeudi, 9 h à 17 h",
    )


def _cooperative(association: Association, number: str, name: str, town: str) -> Cooperative:
    return services.create_cooperative(association=association, number=number, name=name, town=town, created_on=SINCE)


def _person(name: str, role: Role, organisation: Cooperative | Association | Federation, encoded: str) -> Person:
    email = f"{name.split(maxsplit=1)[0].lower()}@exemple.fr".replace("é", "e").replace("è", "e")
    person = services.create_person(full_name=name, email=email)
    services.give_mandate(person=person, role=role, organisation=organisation, starts=SINCE)
    services.set_demo_password(person=person, password="", encoded=encoded)
    return person
