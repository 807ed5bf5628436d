"""pytest fixtures of the cast (retkoop/identity/tests/cast.py), for every room's tests.

`cast` makes everyone; each member is also a fixture of its own.
"""

import pytest

from retkoop.identity.models import Cooperative, Person
from retkoop.identity.tests.cast import Cast, make_cast


@pytest.fixture
def cast(db) -> Cast:
    """Everyone and every organisation."""
    return make_cast()


@pytest.fixture
def cooperative_a(cast) -> Cooperative:
    return cast.cooperative_a


@pytest.fixture
def cooperative_b(cast) -> Cooperative:
    return cast.cooperative_b


@pytest.fixture
def cooperative_c(cast) -> Cooperative:
    return cast.cooperative_c


@pytest.fixture
def mandataire_a(cast) -> Person:
    return cast.mandataire_a


@pytest.fixture
def reader_a(cast) -> Person:
    return cast.reader_a


@pytest.fixture
def mandataire_b(cast) -> Person:
    return cast.mandataire_b


@pytest.fixture
def mandataire_c(cast) -> Person:
    return cast.mandataire_c


@pytest.fixture
def ad_accountant(cast) -> Person:
    return cast.ad_accountant


@pytest.fixture
def ad_reader(cast) -> Person:
    return cast.ad_reader


@pytest.fixture
def other_ad(cast) -> Person:
    return cast.other_ad


@pytest.fixture
def federation_person(cast) -> Person:
    return cast.federation_person


@pytest.fixture
def former_mandataire_a(cast) -> Person:
    return cast.former_mandataire_a
