"""The addresses of this room."""

from django.urls import path

from retkoop.interchange import views

urlpatterns = [
    path("importation/", views.choose, name="import"),
    path("importation/modele.csv", views.model, name="import-model"),
    path("importation/<slug:digest>/", views.confirm, name="import-confirm"),
]
