"""The addresses of this room."""

from django.urls import path

from retkoop.membership.views import adhesions, cards, engagement, proofs

urlpatterns = [
    path("identite/", cards.card, name="identity-card"),
    path("identite/iban/", cards.iban, name="identity-iban"),
    path("adhesion/", adhesions.adhesion, name="adhesion"),
    path("adhesion/engagement/", engagement.engagement, name="adhesion-engagement"),
    path("adhesion/transmettre/", engagement.send, name="adhesion-send"),
    path("adhesion/reprendre/", engagement.take_back, name="adhesion-take-back"),
    path("adhesion/avenant/", engagement.amend, name="adhesion-amend"),
    path("adhesion/avenant/abandonner/", engagement.withdraw, name="adhesion-withdraw"),
    path("archives/adhesions/", proofs.proofs, name="proofs"),
    path("archives/adhesions/<int:first>/attestation.pdf", proofs.attestation, name="proof-attestation"),
    path("archives/adhesions/<int:first>/certificat.pdf", proofs.certificate, name="proof-certificate"),
]
