"""The quitus without paper: personal links, what was seen, questions and answers, the decision by a code.

A link is a secret of 256 bits of which only the SHA-256 is kept; it belongs to
one person and one quitus, reads and never writes in the books, and lives 30
days. A code is six digits, kept under a keyed hash, for 15 minutes and five
tries. An act of a vérificateur has no account behind it: the audit event names
their row.
"""

import datetime as dt
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from retkoop.core import canonical, clock
from retkoop.core.locks import writer_turn
from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.identity.services import throttle
from retkoop.identity.services.people import clean_email
from retkoop.ledger.models import Entry, FiscalYear
from retkoop.yearend import mails
from retkoop.yearend.models import Paper, PaperKind, PaperWay, Question, Quitus, QuitusKind, Verifier, VerifierDecision
from retkoop.yearend.queries.digest import digest_of
from retkoop.yearend.queries.quitus import decided, drawn_entries, quitus_state, verifier_by
from retkoop.yearend.queries.reports import rules_of
from retkoop.yearend.services.quitus import (
    SUBJECT,
    Signer,
    begin_quitus,
    check_signers,
    end_quitus,
    open_report,
    put_paper,
    quitus_facts,
)
from retkoop.yearend.services.reports import ensure_report, refuse_locked

LINK_LIFE = dt.timedelta(days=30)
CODE_LIFE = dt.timedelta(minutes=15)
CODE_TRIES = 5
MOST_QUESTIONS = 30
SEEN_BESIDES = ("statement", "cash")
NOBODY = audit.Author(None)


class CodeRefused(Refusal):
    """The code is wrong, too old, or was tried too often."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "code")


def invite(
    *, year: FiscalYear, signers: Sequence[Signer], author: audit.Author, operation: audit.Operation | None = None
) -> Quitus:
    """Name the vérificateurs; each receives a personal link by e-mail.

    Raises Refusal for one who keeps the books, is named twice, or when the AD's rules want others.
    """
    report = ensure_report(year=year, author=author)
    cleaned = tuple(_cleaned(signer, place) for place, signer in enumerate(signers, 1))
    with audit.act(year.cooperative, author, "quitus.invited", operation=operation) as act:
        current = open_report(report, author)
        check_signers(cleaned, current.year, rules_of(current.year.cooperative.association), QuitusKind.ELECTRONIC)
        quitus = begin_quitus(current, QuitusKind.ELECTRONIC, author)
        for signer in cleaned:
            _invited(quitus, signer)
        act.about("quitus", quitus.pk)
        act.payload = {"year": year.slug, "quitus": quitus_facts(quitus)}
    return quitus


def replace_link(*, verifier: Verifier, author: audit.Author, operation: audit.Operation | None = None) -> Verifier:
    """« Envoyer un autre lien »: the former one opens nothing any more; what was seen and asked is kept. Raises Refusal."""
    with audit.act(verifier.cooperative, author, "quitus.link_replaced", operation=operation) as act:
        old = Verifier.objects.select_related("quitus__report__year__cooperative__association").get(pk=verifier.pk)
        report = open_report(old.quitus.report, author)
        if old.quitus.withdrawn_at is not None or old.replaced_at is not None:
            raise Refusal("Ce lien a déjà été remplacé, ou ce quitus a été retiré.")
        if old.decision != VerifierDecision.WAITING:
            raise Refusal(f"« {old.name} » a déjà répondu : un autre lien ne lui servirait à rien.")
        if quitus_state(old.quitus, digest_of(report.year)).outdated:
            raise Refusal("Les comptes ont changé depuis l’invitation : recommencez le quitus sur les comptes d’aujourd’hui.")
        old.replaced_at = clock.now()
        old.token_sha = None
        old.save(update_fields=["replaced_at", "token_sha"])
        new = _invited(old.quitus, Signer(old.name, old.quality, old.email))
        new.seen = old.seen
        new.save(update_fields=["seen"])
        Question.objects.filter(verifier=old).update(verifier=new)
        act.about("quitus", old.quitus_id)
        act.payload = {"verifier": new.pk, "replaces": old.pk}
    return new


def open_link(*, token: str, address: str) -> Verifier | None:
    """The vérificateur of a link, who is noted as having opened it; None for an unknown, expired or replaced one.

    `address` is the visitor's IP: unknown links are counted by network.
    """
    found = verifier_by(canonical.sha256(token))
    if found is None:
        throttle.note_unknown_link(address)
        return None
    if found.opened_at is None:
        found.opened_at = clock.now()
        with writer_turn(), transaction.atomic():
            Verifier.objects.filter(pk=found.pk, opened_at__isnull=True).update(opened_at=found.opened_at)
    return found


def mark_seen(*, verifier: Verifier, seen: Sequence[str], operation: audit.Operation | None = None) -> Verifier:
    """Keep what was ticked: numbers of drawn pieces, « statement », « cash »; nothing else is kept. Raises Refusal."""
    with audit.act(verifier.cooperative, NOBODY, "quitus.seen", operation=operation) as act:
        current = _waiting(verifier)
        drawn = {str(entry.number): entry.number for entry in drawn_entries(current.quitus)}
        ticked = set(seen)
        current.seen = [number for text, number in drawn.items() if text in ticked]
        current.seen += [name for name in SEEN_BESIDES if name in ticked]
        current.save(update_fields=["seen"])
        act.about("quitus", current.quitus_id)
        act.payload = {"verifier": current.pk, "seen": current.seen}
    return current


def ask_question(*, verifier: Verifier, number: int, text: str, operation: audit.Operation | None = None) -> Question:
    """A question on a drawn piece (`number`; 0: on the whole); whoever made the quitus is told. Raises Refusal."""
    with audit.act(verifier.cooperative, NOBODY, "quitus.asked", operation=operation) as act:
        current = _waiting(verifier)
        entry: Entry | None = None
        if Question.objects.filter(verifier=current).count() >= MOST_QUESTIONS:
            raise Refusal("Vous avez déjà posé beaucoup de questions : posez les suivantes de vive voix, à l’école.", "text")
        if number:
            entry = next((row for row in drawn_entries(current.quitus) if row.number == number), None)
            if entry is None:
                raise Refusal("Cette pièce n’est pas de celles qui ont été tirées.", "text")
        question = Question.objects.create(
            cooperative=current.cooperative, verifier=current, entry=entry, text=text, at=clock.now()
        )
        mails.question_asked(question)
        act.about("quitus", current.quitus_id)
        act.payload = {"verifier": current.pk, "question": question.pk, "entry": number, "text": text}
    return question


def answer_question(
    *, question: Question, text: str, author: audit.Author, operation: audit.Operation | None = None
) -> Question:
    """The cooperative's answer, which the vérificateur reads on their page. Raises Refusal."""
    with audit.act(question.cooperative, author, "quitus.answered", operation=operation) as act:
        current = Question.objects.select_related("verifier__quitus__report__year", "entry").get(pk=question.pk)
        if current.verifier.quitus.withdrawn_at is not None:
            raise Refusal("Ce quitus a été retiré : la question n’attend plus de réponse.")
        current.answer, current.answered_at, current.answered_by = text, clock.now(), author.person
        current.save(update_fields=["answer", "answered_at", "answered_by"])
        mails.question_answered(current)
        act.about("quitus", current.verifier.quitus_id)
        act.payload = {"question": current.pk, "answer": text}
    return current


def send_code(*, verifier: Verifier, operation: audit.Operation | None = None) -> None:
    """A new code by e-mail; the former one is worth nothing. Raises Refusal, throttle.Throttled (a few an hour)."""
    if operation is not None:
        audit.refuse_known(operation, verifier.cooperative_id, NOBODY)
    throttle.charge(throttle.code_keys(verifier.pk))
    with audit.act(verifier.cooperative, NOBODY, "quitus.code_sent", operation=operation) as act:
        current = _waiting(verifier)
        code = f"{secrets.randbelow(10**6):06d}"
        current.code_sha = _code_sha(current, code)
        current.code_expires_at = clock.now() + CODE_LIFE
        current.code_tries = 0
        current.save(update_fields=["code_sha", "code_expires_at", "code_tries"])
        mails.code(current, code)
        act.about("quitus", current.quitus_id)
        act.payload = {"verifier": current.pk}


def decide(
    *, verifier: Verifier, code: str, gives: bool, observations: str = "", operation: audit.Operation | None = None
) -> Quitus:
    """« Je donne quitus » or « Je ne donne pas quitus », signed by the code. Raises CodeRefused, Refusal.

    The last signature that the AD's rules want gives the quitus; a refusal ends it.
    """
    if operation is not None:
        audit.refuse_known(operation, verifier.cooperative_id, NOBODY)
    _check_code(verifier, code)
    with audit.act(verifier.cooperative, NOBODY, "quitus.decided", operation=operation) as act:
        current = _waiting(verifier)
        quitus = current.quitus
        current.decision = VerifierDecision.GIVEN if gives else VerifierDecision.REFUSED
        current.decided_at, current.observations = clock.now(), observations
        current.code_sha, current.code_expires_at = "", None
        current.save()
        if not gives:
            end_quitus(quitus)
        elif quitus.given_at is None and decided(quitus, rules_of(current.cooperative.association)):
            _give(quitus)
        mails.decided(current)
        act.about("quitus", quitus.pk)
        act.payload = {"verifier": current.pk, "decision": current.decision, "quitus": quitus_facts(quitus)}
    return quitus


def forget_addresses() -> int:
    """Drop the addresses and codes of links that are over; names stay with the quitus. How many rows (daily job)."""
    with writer_turn(), transaction.atomic():
        over = Verifier.objects.filter(expires_at__lt=clock.now()).exclude(email="")
        return over.update(email="", token_sha=None, code_sha="", code_expires_at=None)


def _give(quitus: Quitus) -> None:
    """All that the rules want is there: the quitus is given, and stands in the place of its paper."""
    quitus.given_at = clock.now()
    quitus.version += 1
    quitus.save(update_fields=["given_at", "version"])
    paper = Paper(
        report=quitus.report,
        kind=PaperKind.QUITUS,
        subject=SUBJECT,
        way=PaperWay.UPLOADED,
        received_on=clock.today(quitus.cooperative.association.time_zone),
    )
    put_paper(paper, NOBODY)


def _waiting(verifier: Verifier) -> Verifier:
    """Inside an act: the row as it now is, on books that have not changed, before its decision. Raises Refusal."""
    current = verifier_by(Verifier.objects.values_list("token_sha", flat=True).get(pk=verifier.pk) or "")
    if current is None:
        raise Refusal("Ce lien n’ouvre plus rien : demandez-en un autre à la personne qui vous l’a envoyé.")
    if current.decision != VerifierDecision.WAITING:
        raise Refusal("Votre réponse est déjà enregistrée : elle ne change plus.")
    if current.quitus.report.frozen:
        refuse_locked(current.quitus.report)
    state = quitus_state(current.quitus, digest_of(current.quitus.report.year))
    if state.outdated:
        raise Refusal(
            f"Les comptes ont changé depuis votre invitation ({', '.join(state.changed_words)}) : "
            "ce quitus ne peut plus être donné. Une autre invitation vous sera envoyée."
        )
    return current


def _check_code(verifier: Verifier, code: str) -> None:
    """Count the try, then look at the code. Raises CodeRefused."""
    with writer_turn(), transaction.atomic():
        live = Verifier.objects.filter(pk=verifier.pk, code_expires_at__gt=clock.now(), code_tries__lt=CODE_TRIES)
        counted = live.exclude(code_sha="").update(code_tries=F("code_tries") + 1)
    if not counted:
        raise CodeRefused("Ce code ne sert plus : demandez-en un autre, il vous vient par e-mail.")
    known = Verifier.objects.get(pk=verifier.pk)
    typed = "".join(code.split())
    if not constant_time_compare(known.code_sha, _code_sha(known, typed)):
        left = CODE_TRIES - known.code_tries
        more = f"il vous reste {left} essai{'s' if left > 1 else ''}" if left else "demandez un autre code"
        raise CodeRefused(f"Ce n’est pas le code du dernier message : {more}.")


def _code_sha(verifier: Verifier, code: str) -> str:
    return salted_hmac("retkoop.quitus.code", f"{verifier.pk}:{code}", algorithm="sha256").hexdigest()


def _cleaned(signer: Signer, place: int) -> Signer:
    try:
        return Signer(signer.name, signer.quality, clean_email(signer.email))
    except Refusal as refusal:
        raise Refusal(refusal.message, f"email_{place}") from refusal


def _invited(quitus: Quitus, signer: Signer) -> Verifier:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    verifier = Verifier.objects.create(
        cooperative=quitus.cooperative,
        quitus=quitus,
        name=signer.name,
        quality=signer.quality,
        email=signer.email,
        token_sha=canonical.sha256(token),
        invited_at=now,
        expires_at=now + LINK_LIFE,
    )
    mails.invitation(verifier, token)
    return verifier
