"""The WSGI application, for `retkoop serve` and for any other server; production refuses what it must not serve."""

import os

import django

from retkoop.config.wholebody import WholeBodyHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retkoop.config.settings")
django.setup(set_prefix=False)
application = WholeBodyHandler()

from retkoop.config import preflight  # noqa: E402 - models are only there once Django is set up

preflight.refuse_or_go()
