"""The addresses of the home page and of the guides' places that open later."""

from django.urls import path

from retkoop.home import views

urlpatterns = [
    path("accueil/", views.home, name="home"),
    path("depuis-ma-visite/<int:event_id>/", views.act, name="act"),
    path("annees-servies/", views.served, name="served"),
    path("annees-servies/<str:slug>/", views.served_book, name="served-book"),
    path("annees-servies/<str:slug>/cahier.pdf", views.served_book_pdf, name="served-book-pdf"),
    path("annees-servies/<str:slug>/compte-rendu.pdf", views.served_report, name="served-report"),
    path("changement-bancaire/", views.later, {"place": "changement-bancaire"}, name="later-changement-bancaire"),
]
