"""The e-mails of the yearly report's steps: to the mandataires, one link, nothing that a page does not say too."""

from collections.abc import Sequence

from django.conf import settings

from retkoop.core import mail
from retkoop.identity.queries import mandataires_of
from retkoop.yearend.models import Question, Report, Verifier, VerifierDecision


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


def invitation(verifier: Verifier, token: str) -> None:
    """To a vérificateur: the personal link, which is kept nowhere else."""
    _to_verifier(
        verifier, "invitation", f"Vérifier les comptes : {verifier.cooperative.name}", f"{settings.BASE_URL}/quitus/{token}/"
    )


def code(verifier: Verifier, digits: str) -> None:
    """To a vérificateur: the six digits by which they sign."""
    _to_verifier(verifier, "code", "Votre code pour répondre au quitus", digits=f"{digits[:3]} {digits[3:]}")


def question_answered(question: Question) -> None:
    """To a vérificateur: the answer; their own link, which they have, opens the page."""
    _to_verifier(question.verifier, "answered", "Réponse à votre question sur les comptes", question=question)


def question_asked(question: Question) -> None:
    """To the mandataires: a vérificateur's question."""
    verifier = question.verifier
    _to_keepers(verifier, "asked", f"Une question de {verifier.name} sur les comptes", question=question)


def decided(verifier: Verifier) -> None:
    """To the mandataires: a vérificateur has answered."""
    words = "donne quitus" if verifier.decision == VerifierDecision.GIVEN else "ne donne pas quitus"
    _to_keepers(verifier, "decided", f"{verifier.name} {words}", words=words)


def _to_verifier(verifier: Verifier, what: str, subject: str, link: str = "", **more: object) -> None:
    mail.send(
        to=verifier.email, subject=subject, template=f"yearend/mail/{what}", context=_about(verifier) | {"link": link, **more}
    )


def _to_keepers(verifier: Verifier, what: str, subject: str, **more: object) -> None:
    year = verifier.quitus.report.year
    link = f"{settings.BASE_URL}/compte-rendu/quitus/?annee={year.slug}"
    for person in mandataires_of(verifier.cooperative):
        context = _about(verifier) | {"link": link, "person": person, **more}
        mail.send(to=person.email or "", subject=subject, template=f"yearend/mail/{what}", context=context)


def _about(verifier: Verifier) -> dict[str, object]:
    return {
        "verifier": verifier,
        "cooperative": verifier.cooperative,
        "association": verifier.cooperative.association,
        "year": verifier.quitus.report.year,
    }
