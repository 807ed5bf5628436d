"""The quitus on paper, and what both ways share: made on the figures of now, signed, taken back.

Making one copies the figures and the digest of the books (`queries/digest.py`);
nothing that changes afterwards is ever approved by it.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.documents.models import Document
from retkoop.documents.services import facts
from retkoop.identity import audit
from retkoop.ledger.models import FiscalYear
from retkoop.yearend.models import (
    Paper,
    PaperKind,
    PaperWay,
    Quitus,
    QuitusKind,
    Report,
    ReportRules,
    Verifier,
    VerifierDecision,
)
from retkoop.yearend.queries.digest import changed_parts, digest_of, whole_digest
from retkoop.yearend.queries.figures import figures_of
from retkoop.yearend.queries.printed import printed_of
from retkoop.yearend.queries.quitus import keepers_of, keeps_books, lacking, quitus_state, same_name
from retkoop.yearend.queries.reports import rules_of
from retkoop.yearend.services.reports import editable_report, ensure_report, refuse_locked

SUBJECT = "quitus"


@dataclass(frozen=True)
class Signer:
    """Who signed on paper, or is asked to check without paper: a name, a quality, an e-mail address without paper."""

    name: str
    quality: str
    email: str = ""


@dataclass(frozen=True)
class Signed:
    """What the signed page says beside the figures."""

    signers: tuple[Signer, ...]
    place: str = ""
    met_on: dt.date | None = None
    observations: str = ""


def make_quitus(*, year: FiscalYear, kind: str, author: audit.Author, operation: audit.Operation | None = None) -> Quitus:
    """« Imprimer cette page Quitus » (or the page of the commission de contrôle): the figures of now and their digest.

    The page that is already printed on the very same books is given again.
    Raises Refusal when the report may not be changed or the AD wants no commission.
    """
    report = ensure_report(year=year, author=author)
    with audit.act(year.cooperative, author, "quitus.printed", operation=operation) as act:
        current = open_report(report, author)
        if kind == QuitusKind.COMMISSION and not rules_of(year.cooperative.association).commission_allowed:
            raise Refusal("Votre AD demande la page Quitus : elle n’admet pas le rapport d’une commission de contrôle.")
        quitus = begin_quitus(current, kind, author)
        act.about("quitus", quitus.pk)
        act.payload = {"year": year.slug, "quitus": quitus_facts(quitus)}
    return quitus


def sign_on_paper(
    *,
    quitus: Quitus,
    signed: Signed,
    document: Document | None,
    author: audit.Author,
    operation: audit.Operation | None = None,
    by_post: dt.date | None = None,
) -> Quitus:
    """The signed page comes in: its scan, already received, or the day on which the AD received it by post.

    Raises Refusal when the books have changed since it was printed, when those who signed are not those that the
    AD's rules want, or when the report may not be changed.
    """
    with audit.act(quitus.cooperative, author, "quitus.signed", operation=operation) as act:
        current = Quitus.objects.select_related("report__year__cooperative__association").get(pk=quitus.pk)
        report = open_report(current.report, author)
        _refuse_signing(current, document, by_post, author)
        check_signers(signed.signers, report.year, rules_of(report.year.cooperative.association), current.kind)
        _sign(current, signed, document)
        put_paper(
            Paper(
                report=report,
                kind=PaperKind.QUITUS,
                subject=SUBJECT,
                way=PaperWay.UPLOADED if document else PaperWay.POST,
                document=document,
                received_on=by_post or clock.today(report.year.cooperative.association.time_zone),
            ),
            author,
        )
        act.about("quitus", current.pk)
        act.payload = {"year": report.year.slug, "quitus": quitus_facts(current)}
        act.payload |= {"document": facts(document)} if document else {}
    return current


def withdraw_quitus(*, quitus: Quitus, author: audit.Author, operation: audit.Operation | None = None) -> Quitus:
    """Take a quitus back: its links open nothing any more; it stays in the history. Raises Refusal."""
    with audit.act(quitus.cooperative, author, "quitus.withdrawn", operation=operation) as act:
        current = Quitus.objects.select_related("report__year__cooperative__association").get(pk=quitus.pk)
        open_report(current.report, author)
        if current.withdrawn_at is not None:
            raise Refusal("Ce quitus était déjà retiré.")
        end_quitus(current)
        Paper.objects.filter(report=current.report, kind=PaperKind.QUITUS, removed_at__isnull=True).update(
            removed_at=clock.now()
        )
        act.about("quitus", current.pk)
        act.payload = {"quitus": quitus_facts(current)}
    return current


def open_report(report: Report, author: audit.Author) -> Report:
    """Inside an act: the report, for the cooperative while it may change it, its AD until validation. Raises Refusal."""
    if author.on_behalf is None:
        return editable_report(report)
    current = Report.objects.select_related("year__cooperative__association").get(pk=report.pk)
    if current.frozen:
        refuse_locked(current)
    return current


def begin_quitus(report: Report, kind: str, author: audit.Author) -> Quitus:
    """Inside an act: a new quitus on the books of now; those not yet given end with it. The same page is not made twice."""
    digest = digest_of(report.year)
    for other in report.quitus.filter(given_at__isnull=True, withdrawn_at__isnull=True):
        if kind == other.kind != QuitusKind.ELECTRONIC and not changed_parts(other.digest, digest):
            return other
        end_quitus(other)
    return Quitus.objects.create(
        cooperative=report.year.cooperative,
        report=report,
        kind=kind,
        digest=digest,
        printed=printed_of(figures_of(report.year)),
        seed=secrets.token_hex(8),
        made_at=clock.now(),
        made_by=author.person,
    )


def end_quitus(quitus: Quitus) -> None:
    """Inside an act: nothing more can be done with it."""
    quitus.withdrawn_at = clock.now()
    quitus.version += 1
    quitus.save(update_fields=["withdrawn_at", "version"])


def check_signers(signers: Sequence[Signer], year: FiscalYear, rules: ReportRules, kind: str) -> None:
    """Vérificateurs ≠ those who keep the books ≠ one another, as many and as qualified as the AD wants. Raises Refusal."""
    keepers = keepers_of(year)
    for place, signer in enumerate(signers, 1):
        if keeps_books(keepers, signer.name, signer.email):
            raise Refusal(
                f"« {signer.name} » tient ou a tenu les comptes de cette année : "
                "un vérificateur doit être extérieur à la comptabilité.",
                f"name_{place}",
            )
        for other in signers[: place - 1]:
            if same_name(other.name, signer.name):
                raise Refusal(
                    f"« {signer.name} » est nommé deux fois : chaque vérificateur est une autre personne.", f"name_{place}"
                )
            if signer.email and other.email.lower() == signer.email.lower():
                raise Refusal(
                    f"« {signer.name} » et « {other.name} » ont la même adresse e-mail : il en faut une par personne.",
                    f"email_{place}",
                )
    wanted = lacking(rules, [signer.quality for signer in signers])
    if wanted and kind != QuitusKind.COMMISSION:
        raise Refusal(wanted, "name_1")
    if not signers:
        raise Refusal("Nommez les membres de la commission de contrôle qui ont signé.", "name_1")


def put_paper(paper: Paper, author: audit.Author) -> Paper:
    """Inside an act: a paper in its place; the one that was there leaves it."""
    now = clock.now()
    Paper.objects.filter(report=paper.report, kind=paper.kind, subject=paper.subject, removed_at__isnull=True).update(
        removed_at=now
    )
    paper.cooperative = paper.report.year.cooperative
    paper.at, paper.by, paper.on_behalf = now, author.person, author.on_behalf
    paper.save(force_insert=True)
    return paper


def quitus_facts(quitus: Quitus) -> dict[str, object]:
    """What an audit event says of a quitus."""
    return {
        "id": quitus.pk,
        "kind": quitus.kind,
        "digest": whole_digest(quitus.digest),
        "seed": quitus.seed,
        "given_at": quitus.given_at.isoformat() if quitus.given_at else None,
        "withdrawn": quitus.withdrawn_at is not None,
        "verifiers": [
            {"name": row.name, "quality": row.quality, "decision": row.decision, "replaced": row.replaced_at is not None}
            for row in quitus.verifiers.order_by("pk")
        ],
    }


def _refuse_signing(quitus: Quitus, document: Document | None, by_post: dt.date | None, author: audit.Author) -> None:
    if quitus.withdrawn_at is not None:
        raise Refusal("Cette page Quitus a été retirée : imprimez-en une autre.")
    if quitus.given_at is not None:
        raise Refusal("Ce quitus est déjà signé : retirez-le d’abord pour en donner un autre.")
    changed = quitus_state(quitus, digest_of(quitus.report.year)).changed_words
    if changed:
        raise Refusal(
            f"Depuis que cette page a été imprimée, {' et '.join(changed)} ont changé : "
            "imprimez la nouvelle page et faites-la signer."
        )
    if document is not None and document.cooperative_id != quitus.cooperative_id:
        raise Refusal("Ce document n’est pas de cette coopérative.", "documents")
    if document is None and (by_post is None or author.on_behalf is None):
        raise Refusal("Choisissez le document signé : un PDF, ou une photo de la page.", "documents")
    if by_post is not None and by_post > clock.today(quitus.report.year.cooperative.association.time_zone):
        raise Refusal("Ce jour n’est pas encore venu : écrivez la date de réception.", "received_on")


def _sign(quitus: Quitus, signed: Signed, document: Document | None) -> None:
    now = clock.now()
    quitus.given_at, quitus.document = now, document
    quitus.place, quitus.met_on, quitus.observations = signed.place, signed.met_on, signed.observations
    quitus.version += 1
    quitus.save()
    Verifier.objects.bulk_create(
        Verifier(
            cooperative=quitus.cooperative,
            quitus=quitus,
            name=signer.name,
            quality=signer.quality,
            decision=VerifierDecision.GIVEN,
            decided_at=now,
        )
        for signer in signed.signers
    )
