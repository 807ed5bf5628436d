"""The addresses of this room."""

from django.urls import path

from retkoop.oversight.views import console, reports, rules

urlpatterns = [
    path("ad/", console.console, name="ad"),
    path("ad/ouvrir/<str:identifier>/", console.open_book, name="ad-open"),
    path("ad/quitter/", console.leave_book, name="ad-leave"),
    path("ad/reglages/", console.settings, name="ad-settings"),
    path("ad/reglages/compte-rendu/", rules.rules, name="ad-report-rules"),
    path("ad/reouvertures/", console.reopenings, name="ad-reopenings"),
    path("ad/reouvertures/<int:pk>/", console.reopening, name="ad-reopening"),
    path("ad/comptes-rendus/", reports.reports, name="ad-reports"),
    path("federation/", console.federation, name="federation"),
]
