"""The one way to set somebody's password for them: on made-up data only."""

from django.conf import settings

from retkoop.identity.audit import Author, general_act
from retkoop.identity.models import Federation, Person


def set_demo_password(*, person: Person, password: str, encoded: str = "") -> None:
    """The demo's shared password; `encoded`, a hash of it made once for all its people, saves time.

    Raises PermissionError in production, or when the federation is not a demo.
    """
    if settings.PRODUCTION or not Federation.objects.filter(demo=True).exists():
        message = "nobody chooses another person's password outside a demo"
        raise PermissionError(message)
    with general_act(Author(None), "set_demo_password") as done:
        if encoded:
            person.password = encoded
        else:
            person.set_password(password)
        person.save(update_fields=["password"])
        done.about("person", person.pk)
