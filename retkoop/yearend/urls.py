"""The addresses of the yearly report."""

from django.urls import path

from retkoop.yearend.views import activity, crf, hub

urlpatterns = [
    path("compte-rendu/", hub.hub, name="report"),
    path("compte-rendu/cra/", activity.questions, name="cra"),
    path("compte-rendu/cra/projets/", activity.projects, name="cra-projects"),
    path("compte-rendu/crf/", crf.crf, name="crf"),
]
