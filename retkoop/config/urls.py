"""Every address of the site; each room lists its own, each view names its permission."""

from django.urls import include, path

urlpatterns = [
    path("", include("retkoop.identity.urls")),
    path("", include("retkoop.home.urls")),
    path("", include("retkoop.ledger.urls")),
    path("", include("retkoop.membership.urls")),  # « archives/adhesions/ » before « archives/<year>/ »
    path("", include("retkoop.yearend.urls")),
    path("", include("retkoop.agenda.urls")),
    path("", include("retkoop.documents.urls")),
    path("", include("retkoop.interchange.urls")),
    path("", include("retkoop.oversight.urls")),
    path("aide/", include("retkoop.guide.urls")),
]
handler400 = "retkoop.core.errors.bad_request"
handler403 = "retkoop.core.errors.forbidden"
handler404 = "retkoop.core.errors.not_found"
handler500 = "retkoop.core.errors.server_error"
