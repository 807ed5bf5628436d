"""The addresses of the books."""

from django.urls import path

from retkoop.ledger.views import cash, closing, entries

urlpatterns = [
    path("cloture/", closing.closing, name="closing"),
    path("cloture/demande/", closing.ask_reopening, name="ask-reopening"),
    path("cloture/rouvrir/", closing.reopen, name="reopen-year"),
    path("ecritures/nouvelle/", entries.new, name="entry-new"),
    path("ecritures/suggestion/", entries.suggestion, name="entry-suggestion"),
    path("ecritures/verifier/", entries.check, name="entry-check"),
    path("ecritures/<int:entry_id>/", entries.show, name="entry"),
    path("ecritures/<int:entry_id>/modifier/", entries.amend, name="entry-amend"),
    path("ecritures/<int:entry_id>/supprimer/", entries.cancel, name="entry-cancel"),
    path("ecritures/<int:entry_id>/retablir/", entries.restore, name="entry-restore"),
    path("ecritures/<int:entry_id>/dupliquer/", entries.duplicate, name="entry-duplicate"),
    path("caisse/", cash.cash, name="cash"),
    path("caisse/<int:count_id>/expliquer/", cash.explain, name="cash-explain"),
    path("caisse/<int:count_id>/annuler/", cash.cancel, name="cash-cancel"),
    path("caisse/<int:count_id>/arrete.pdf", cash.printed, name="cash-printed"),
]
