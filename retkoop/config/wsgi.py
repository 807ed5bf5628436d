"""The WSGI application."""

import os

import django

from retkoop.config.wholebody import WholeBodyHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retkoop.config.settings")
django.setup(set_prefix=False)
application = WholeBodyHandler()
