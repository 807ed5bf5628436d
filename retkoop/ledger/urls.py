"""The addresses of the books."""

from django.urls import path

from retkoop.ledger.views import cash, closing, entries, grants, inventory

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
    path("subventions/", grants.grants, name="grants"),
    path("subventions/<int:grant_id>/", grants.grant, name="grant"),
    path("subventions/<int:grant_id>/retirer/", grants.remove, name="grant-remove"),
    path("inventaire/", inventory.inventory, name="inventory"),
    path("inventaire/<int:line_id>/", inventory.line, name="inventory-line"),
    path("inventaire/<int:line_id>/retirer/", inventory.remove, name="inventory-remove"),
    path("inventaire/inventaire.pdf", inventory.printed, name="inventory-pdf"),
    path("inventaire/inventaire.csv", inventory.as_csv, name="inventory-csv"),
    path("inventaire/inventaire.xlsx", inventory.as_xlsx, name="inventory-xlsx"),
]
