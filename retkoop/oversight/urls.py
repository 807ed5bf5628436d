"""The addresses of this room."""

from django.urls import path

from retkoop.oversight.views import (
    adhesion,
    adhesions,
    archives,
    console,
    cooperatives,
    federal,
    reports,
    resignations,
    review,
    rules,
    tariffs,
)

urlpatterns = [
    path("ad/", console.console, name="ad"),
    path("ad/ouvrir/<str:identifier>/", console.open_book, name="ad-open"),
    path("ad/quitter/", console.leave_book, name="ad-leave"),
    path("ad/reglages/", console.settings, name="ad-settings"),
    path("ad/reglages/compte-rendu/", rules.rules, name="ad-report-rules"),
    path("ad/reouvertures/", console.reopenings, name="ad-reopenings"),
    path("ad/reouvertures/<int:pk>/", console.reopening, name="ad-reopening"),
    path("ad/cooperatives/", cooperatives.cooperatives, name="ad-cooperatives"),
    path("ad/cooperatives/modifications/", cooperatives.modifications, name="ad-card-changes"),
    path("ad/cooperatives/<int:pk>/iban/", cooperatives.iban, name="ad-iban"),
    path("ad/cooperatives/<int:pk>/iban/lire/", cooperatives.iban_read, name="ad-iban-read"),
    path("ad/comptes-rendus/", reports.reports, name="ad-reports"),
    path("ad/comptes-rendus/<int:pk>/", review.review, name="ad-report"),
    path("ad/comptes-rendus/<int:pk>/ouvrir/", review.open_review, name="ad-report-open"),
    path("ad/comptes-rendus/<int:pk>/valider/", review.validate, name="ad-report-validate"),
    path("ad/comptes-rendus/<int:pk>/renvoyer/", review.give_back, name="ad-report-return"),
    path("ad/comptes-rendus/<int:pk>/rouvrir/", review.reopen, name="ad-report-reopen"),
    path("ad/comptes-rendus/<int:pk>/archiver/", review.archive, name="ad-report-archive"),
    path(
        "ad/comptes-rendus/<int:pk>/documents/<int:document_id>/<int:number>.jpg", review.document_page, name="ad-report-page"
    ),
    path(
        "ad/comptes-rendus/<int:pk>/documents/<int:document_id>/original", review.document_original, name="ad-report-document"
    ),
    path("ad/archives/", archives.archives, name="ad-archives"),
    path("ad/archives/modele.csv", archives.model, name="ad-archives-model"),
    path("ad/archives/saisir/", archives.add, name="ad-archives-add"),
    path("ad/archives/importer/", archives.preview, name="ad-archives-preview"),
    path("ad/archives/enregistrer/", archives.keep, name="ad-archives-keep"),
    path("ad/archives/<int:pk>/", archives.change, name="ad-archives-change"),
    path("ad/archives/<int:pk>/retirer/", archives.remove, name="ad-archives-remove"),
    path("ad/adhesions/", adhesions.adhesions, name="ad-adhesions"),
    path("ad/adhesions/valider/", adhesions.validate_many, name="ad-adhesions-validate"),
    path("ad/adhesions/tarif/", tariffs.tariff, name="ad-tariff"),
    path("ad/adhesions/federation/", federal.own_share, name="ad-federal-share"),
    path("ad/adhesions/federation/part.pdf", federal.own_statement, name="ad-federal-statement"),
    path("ad/adhesions/resiliation/<str:identifier>/", resignations.resignation, name="ad-resignation"),
    path("ad/adhesions/resiliation/<int:resignation_id>/annuler/", resignations.cancel, name="ad-resignation-cancel"),
    path("ad/adhesions/<int:pk>/", adhesion.adhesion, name="ad-adhesion"),
    path("ad/adhesions/<int:pk>/valider/", adhesion.validate, name="ad-adhesion-validate"),
    path("ad/adhesions/<int:pk>/rendre/", adhesion.give_back, name="ad-adhesion-return"),
    path("ad/adhesions/<int:pk>/paiement/", adhesion.pay, name="ad-adhesion-pay"),
    path("federation/parts/", federal.shares, name="federal-shares"),
    path("federation/parts/<str:code>/", federal.share, name="federal-share"),
    path("federation/parts/<str:code>/part.pdf", federal.statement, name="federal-statement"),
    path("federation/paiements/<int:payment_id>/annuler/", federal.cancel_payment, name="federal-payment-cancel"),
    path("federation/", console.federation, name="federation"),
]
