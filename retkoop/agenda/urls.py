"""The addresses of this room."""

from django.urls import path

from retkoop.agenda.views import calendar, rules

urlpatterns = [
    path("calendrier/", calendar.year, name="calendar"),
    path("calendrier/calendrier.ics", calendar.file, name="calendar-file"),
    path("ad/reglages/calendrier/", rules.rules, name="ad-calendar"),
]
