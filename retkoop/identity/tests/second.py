"""A second factor for the tests, as its owner would add it."""

import datetime as dt

import pyotp

from retkoop.core import clock
from retkoop.identity import services
from retkoop.identity.models import Person, SecondFactor


def add_application(person: Person) -> tuple[pyotp.TOTP, list[str]]:
    """An application of codes, none of which has served, and the recovery codes."""
    secret = services.secret_of(services.begin_totp(person=person))
    code = pyotp.TOTP(secret).at(clock.machine() - dt.timedelta(seconds=30))
    codes = services.confirm_totp(person=person, code=code, keep="")
    SecondFactor.objects.filter(person=person).update(last_step=0)
    return pyotp.TOTP(secret), codes
