"""The addresses of this room."""

from django.urls import path

from retkoop.documents import views

urlpatterns = [
    path("documents/", views.receive, name="document-receive"),
    path("documents/<int:pk>/", views.document, name="document"),
    path("documents/<int:pk>/copie", views.copy, name="document-copy"),
    path("documents/<int:pk>/page/<int:number>.jpg", views.page, name="document-page"),
    path("documents/<int:pk>/original", views.original, name="document-original"),
]
