"""`/ad/adhesions/federation/` and `/federation/parts/`: the federal share of a school year, owed and paid."""

import datetime as dt
from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.access import answering_replays, association_view, federation_view, operation, see_other
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest, FederationRequest
from retkoop.ledger.forms.pieces import refused
from retkoop.ledger.views._downloads import pdf_answer
from retkoop.membership.exports.federal import statement_pdf
from retkoop.membership.forms.campaign import FederalPaymentForm
from retkoop.membership.queries.federal import ShareLine, payment_of, payments_of, share_lines, share_of, shares_of
from retkoop.membership.services.federal import cancel_federal_payment, record_federal_payment
from retkoop.oversight.views.adhesions import today_of
from retkoop.oversight.years import adhesion_years, chosen_year

SHARES = "/federation/parts/"


def _shares(_: AuditEvent) -> str:
    return SHARES


@association_view(Permission.AD_READ)
def own_share(request: AssociationRequest) -> HttpResponse:
    """What the AD owes, by cooperative, and what the federation received."""
    today = today_of(request)
    context = _share_context(request.association, chosen_year(request, today), today)
    return render(request, "oversight/adhesions/own_share.html", context)


@association_view(Permission.AD_READ)
def own_statement(request: AssociationRequest) -> HttpResponse:
    """The statement as a PDF."""
    today = today_of(request)
    year = chosen_year(request, today)
    return _statement(request.association, year, today, share_lines(request.association, year.first))


@federation_view(Permission.FEDERATION_READ)
def shares(request: FederationRequest) -> HttpResponse:
    """Every AD: owed, received, left."""
    today = clock.today()
    year = chosen_year(request, today)
    rows = shares_of(request.federation, year.first)
    context = {
        "school_year": year,
        "school_years": adhesion_years(today),
        "rows": rows,
        "due_cents": sum(row.due_cents for row in rows),
        "paid_cents": sum(row.paid_cents for row in rows),
        "left_cents": sum(row.left_cents for row in rows),
        "heads": sum(row.heads for row in rows),
        "cooperatives": sum(row.cooperatives for row in rows),
    }
    return render(request, "oversight/adhesions/shares.html", context)


@federation_view(Permission.FEDERATION_READ, post=Permission.FEDERATION_WRITE)
@answering_replays(_shares)
def share(request: FederationRequest, code: str) -> HttpResponse:
    """One AD: its totals (its cooperatives are its own affair), its payments, and the form that records one."""
    association, today = _association(request, code), clock.today()
    year = chosen_year(request, today)
    form = FederalPaymentForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST":
        key = operation(request)
        if form.is_valid():
            try:
                record_federal_payment(
                    association=association, first=year.first, author=Author(request.actor.person), operation=key,
                    **form.cleaned_data,
                )  # fmt: skip
            except Refusal as refusal:
                refused(form, refusal)
            else:
                messages.success(request, f"Le paiement de {association.name} est enregistré.")
                return see_other(f"{SHARES}{association.code}/?annee={year.slug}")
    context = _share_context(association, year, today) | {"form": form, "lines": None}
    return render(request, "oversight/adhesions/share.html", context, status=422 if form.errors else 200)


@federation_view(Permission.FEDERATION_READ)
def statement(request: FederationRequest, code: str) -> HttpResponse:
    """An AD's statement as a PDF."""
    today = clock.today()
    return _statement(_association(request, code), chosen_year(request, today), today, [])


@federation_view(Permission.FEDERATION_WRITE, methods=("POST",))
@answering_replays(_shares)
def cancel_payment(request: FederationRequest, payment_id: int) -> HttpResponse:
    """« Annuler » a payment recorded by mistake."""
    row = payment_of(request.federation, payment_id)
    if row is None:
        raise Http404
    try:
        cancel_federal_payment(payment=row, author=Author(request.actor.person), operation=operation(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Le paiement est annulé.")
    return see_other(f"{SHARES}{row.association.code}/?annee={SchoolYear(row.first).slug}")


def _association(request: FederationRequest, code: str) -> Association:
    return get_object_or_404(request.federation.associations, code=code)


def _share_context(association: Association, year: SchoolYear, today: dt.date) -> dict[str, object]:
    return {
        "association": association,
        "school_year": year,
        "school_years": adhesion_years(today),
        "share": share_of(association, year.first),
        "lines": share_lines(association, year.first),
        "payments": payments_of(association, year.first),
    }


def _statement(association: Association, year: SchoolYear, today: dt.date, lines: Sequence[ShareLine]) -> HttpResponse:
    body = statement_pdf(
        association,
        share_of(association, year.first),
        lines,
        payments_of(association, year.first),
        first=year.first,
        on=today,
    )
    return pdf_answer(body, f"part-federation-{association.code}-{year.slug}.pdf")
