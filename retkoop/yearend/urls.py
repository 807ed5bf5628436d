"""The addresses of the yearly report."""

from django.urls import path

from retkoop.yearend.views import hub

urlpatterns = [
    path("compte-rendu/", hub.hub, name="report"),
]
