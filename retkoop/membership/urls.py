"""The addresses of this room."""

from django.urls import URLPattern, path

from retkoop.membership.views import cards

urlpatterns: list[URLPattern] = [
    path("identite/", cards.card, name="identity-card"),
    path("identite/iban/", cards.iban, name="identity-iban"),
]
