"""The addresses of the books."""

from django.urls import path

from retkoop.ledger.views import closing

urlpatterns = [
    path("cloture/", closing.closing, name="closing"),
    path("cloture/demande/", closing.ask_reopening, name="ask-reopening"),
    path("cloture/rouvrir/", closing.reopen, name="reopen-year"),
]
