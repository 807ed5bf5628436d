"""The addresses of the home page and of the guides' places that open later."""

from django.urls import path

from retkoop.home import views

urlpatterns = [
    path("accueil/", views.home, name="home"),
    path("changement-bancaire/", views.later, {"place": "changement-bancaire"}, name="later-changement-bancaire"),
]
