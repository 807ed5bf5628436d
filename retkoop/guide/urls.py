"""The addresses of this room, under `/aide/`.

`/aide/ventilation/` is a page of the ledger, listed before these.
"""

from django.urls import path

from retkoop.guide import views

urlpatterns = [
    path("", views.contents, name="guide"),
    path("recherche/", views.search, name="guide_search"),
    path("images/<slug:name>.png", views.image, name="guide_image"),
    path("<slug:slug>/", views.chapter, name="guide_chapter"),
]
