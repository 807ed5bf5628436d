"""The addresses of this room."""

from django.urls import path

from retkoop.oversight import views

urlpatterns = [
    path("ad/", views.console, name="ad"),
    path("ad/ouvrir/<str:identifier>/", views.open_book, name="ad-open"),
    path("ad/quitter/", views.leave_book, name="ad-leave"),
    path("ad/reglages/", views.settings, name="ad-settings"),
    path("ad/reouvertures/", views.reopenings, name="ad-reopenings"),
    path("ad/reouvertures/<int:pk>/", views.reopening, name="ad-reopening"),
    path("federation/", views.federation, name="federation"),
]
