"""The addresses of the home page and of the guides' places that open later."""

from django.urls import path

from retkoop.home import views

urlpatterns = [
    path("accueil/", views.home, name="home"),
    *(path(f"{place}/", views.later, {"place": place}, name=f"later-{place}") for place in ("adhesion", "changement-bancaire")),
]
