"""The e-mails of the yearly report's steps: to the mandataires, one link, nothing that a page does not say too."""

from collections.abc import Sequence

from django.conf import settings

from retkoop.core import mail
from retkoop.yearend.models import Report
from retkoop.yearend.queries.people import mandataires_of


def submitted(report: Report, awaited: Sequence[str]) -> None:
    """« Votre saisie est terminée »; `awaited`: what is still to be sent by post."""
    _send(report, "submitted", f"Compte-rendu {report.year.slug} transmis à votre AD", awaited=awaited)


def returned(report: Report, reasons: Sequence[str]) -> None:
    """What the AD asks to mend, one line each."""
    _send(report, "returned", f"Compte-rendu {report.year.slug} : {_points(len(reasons))} à compléter", reasons=reasons)


def validated(report: Report) -> None:
    """The report can be downloaded."""
    _send(report, "validated", f"Compte-rendu {report.year.slug} validé : il peut être téléchargé")


def _points(count: int) -> str:
    return f"{count} point{'s' if count > 1 else ''}"


def _send(report: Report, what: str, subject: str, **more: object) -> None:
    for person in mandataires_of(report.cooperative):
        mail.send(
            to=person.email or "",
            subject=subject,
            template=f"yearend/mail/{what}",
            context={
                "person": person,
                "cooperative": report.cooperative,
                "association": report.cooperative.association,
                "year": report.year,
                "link": f"{settings.BASE_URL}/compte-rendu/?annee={report.year.slug}",
                **more,
            },
        )
