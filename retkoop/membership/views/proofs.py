"""`/archives/adhesions/`: every year's adhésion, its attestation and its certificat."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.identity.access import cooperative_view
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.views._downloads import pdf_answer
from retkoop.membership.exports.proofs import attestation_pdf, certificate_pdf
from retkoop.membership.queries.proofs import Proof, proof_of, proof_years


@cooperative_view(Permission.BOOK_READ)
def proofs(request: HouseRequest) -> HttpResponse:
    """The years, the latest first."""
    return render(request, "membership/proofs.html", {"years": proof_years(request.cooperative)})


@cooperative_view(Permission.BOOK_READ)
def attestation(request: HouseRequest, first: int) -> HttpResponse:
    """« attestation d’adhésion », once the adhésion is final."""
    proof = _final(request, first)
    return pdf_answer(attestation_pdf(proof), f"attestation-adhesion-{proof.identifier}-{proof.year.slug}.pdf")


@cooperative_view(Permission.BOOK_READ)
def certificate(request: HouseRequest, first: int) -> HttpResponse:
    """« certificat d’assurance », once the adhésion is final."""
    proof = _final(request, first)
    return pdf_answer(certificate_pdf(proof), f"certificat-assurance-{proof.identifier}-{proof.year.slug}.pdf")


def _final(request: HouseRequest, first: int) -> Proof:
    """Raises Http404 until the adhésion of that year is validated and engaged to."""
    proof = proof_of(request.cooperative, first) if 1990 <= first <= 2200 else None
    if proof is None:
        raise Http404
    return proof
