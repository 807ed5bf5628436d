"""The floor: bare Django with a session, a user, a form post and one insert of an entry with three lines.

`python -m bench.floor init` makes the tables and prints a session key;
`python -m bench.floor serve PORT` serves with our own server's settings.
`BENCH_DATA` names the folder, `RETKOOP_DATABASE_URL` a PostgreSQL.
"""

import os
import socket
import sys
from pathlib import Path

import django
from django.conf import settings

from retkoop.config.env import database_from_url, sqlite_database

DATA = Path(os.environ["BENCH_DATA"])
URL = os.environ.get("RETKOOP_DATABASE_URL", "")
settings.configure(
    SECRET_KEY="floor",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": database_from_url(URL) if URL else sqlite_database(DATA / "floor.sqlite3")},
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # noqa: E402
from django.urls import path  # noqa: E402


class Entry(models.Model):
    """An entry, as bare as can be."""

    book = models.IntegerField()
    date = models.DateField()
    label = models.CharField(max_length=200)
    piece = models.CharField(max_length=20)

    class Meta:
        app_label = "floor"
        indexes = [models.Index(fields=["book", "date"], name="floor_book_date")]


class Line(models.Model):
    """A line of an entry, in cents."""

    entry = models.ForeignKey(Entry, models.CASCADE)
    account = models.IntegerField()
    cents = models.BigIntegerField()

    class Meta:
        app_label = "floor"


def save(request: HttpRequest) -> HttpResponse:
    """One entry, three lines, one transaction, a redirect."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    with transaction.atomic():
        entry = Entry.objects.create(
            book=1, date=request.POST["date"], label=request.POST["label"], piece=request.POST["piece"]
        )
        lines = ((1, -4205), (2, 3000), (3, 1205))
        Line.objects.bulk_create(Line(entry=entry, account=account, cents=cents) for account, cents in lines)
    return HttpResponseRedirect("/")


def hello(request: HttpRequest) -> HttpResponse:
    """The lightest page of a signed-in person."""
    return HttpResponse(str(request.user.pk))


urlpatterns = [path("save", save), path("", hello)]


def init() -> None:
    """Tables, a user, a session whose key is printed."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Entry)
        editor.create_model(Line)
    user = User.objects.create_user("bench")
    store = SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    store["_auth_user_hash"] = user.get_session_auth_hash()
    store.save()
    print(store.session_key)


def serve(port: int) -> None:
    """Serve as Retkoop does: same program, workers and threads."""
    from retkoop.config.cli import web

    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", port))
    reserved.listen(128)
    web.serve(get_wsgi_application(), reserved, workers=web.WORKERS, on_ready=lambda: None)


if __name__ == "__main__":
    init() if sys.argv[1] == "init" else serve(int(sys.argv[2]))
