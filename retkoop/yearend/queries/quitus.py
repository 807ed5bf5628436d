"""Reads of the quitus: the one that stands, why another no longer does, the pieces drawn, who may not check."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from retkoop.core import clock
from retkoop.core.text import fold
from retkoop.identity.models import Mandate, Role
from retkoop.identity.permissions import Permission, allowed
from retkoop.ledger.models import Attachment, Entry, FiscalYear, Posting, Statement, YearMode
from retkoop.yearend.models import Quitus, Report, ReportRules, Verifier, VerifierDecision, VerifierQuality
from retkoop.yearend.queries.digest import WORDS, Parts, changed_parts, digest_of

FEWEST_PIECES = 5


@dataclass(frozen=True)
class QuitusState:
    """A quitus against the books of now: `changed` names the parts that are no longer what was approved."""

    quitus: Quitus
    changed: tuple[str, ...]

    @property
    def given(self) -> bool:
        return self.quitus.given_at is not None and self.quitus.withdrawn_at is None

    @property
    def stands(self) -> bool:
        """Was it given, not taken back, on the very books of now?"""
        return self.given and not self.changed

    @property
    def void(self) -> bool:
        """Was it given, on books that have changed since?"""
        return self.given and bool(self.changed)

    @property
    def outdated(self) -> bool:
        """Was it printed or sent, on books that have changed since?"""
        return bool(self.changed)

    @property
    def changed_words(self) -> list[str]:
        """The changed parts in French, with their articles."""
        return [WORDS.get(part, part) for part in self.changed]


def quitus_state(quitus: Quitus, now: Parts) -> QuitusState:
    """What the quitus is worth against the digest of the books of now."""
    return QuitusState(quitus, changed_parts(quitus.digest, now))


def quitus_standing(report: Report) -> Quitus | None:
    """The quitus of a report that is given and still stands, if there is one."""
    given = list(report.quitus.filter(given_at__isnull=False, withdrawn_at__isnull=True).order_by("-pk"))
    if not given:
        return None
    now = digest_of(report.year)
    return next((quitus for quitus in given if not changed_parts(quitus.digest, now)), None)


def quitus_states(report: Report) -> list[QuitusState]:
    """Every quitus of the report that nobody took back, the latest first."""
    found = list(report.quitus.filter(withdrawn_at__isnull=True).select_related("document", "made_by").order_by("-pk"))
    now = digest_of(report.year) if found else {}
    return [quitus_state(quitus, now) for quitus in found]


def verifiers_of(quitus: Quitus) -> list[Verifier]:
    """Those who check it: a replaced link is not among them."""
    return list(quitus.verifiers.filter(replaced_at__isnull=True).order_by("pk"))


def lacking(rules: ReportRules, qualities: Sequence[str]) -> str:
    """What an AD's rules still want beyond vérificateurs of these qualities, in French; "" when they are met."""
    parents = sum(quality == VerifierQuality.PARENT for quality in qualities)
    teachers = sum(quality == VerifierQuality.TEACHER for quality in qualities)
    if len(qualities) < rules.verifiers:
        return f"Il faut au moins {rules.verifiers} vérificateurs : il y en a {len(qualities)}."
    if parents < rules.parents:
        return f"Il faut au moins {_counted(rules.parents, 'parent')} d’élève parmi les vérificateurs."
    if teachers < rules.teachers:
        return f"Il faut au moins {_counted(rules.teachers, 'enseignant')} parmi les vérificateurs."
    return ""


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number > 1 else ''}"


def decided(quitus: Quitus, rules: ReportRules) -> bool:
    """Have enough of its vérificateurs given quitus, and none refused?"""
    rows = verifiers_of(quitus)
    given = [row.quality for row in rows if row.decision == VerifierDecision.GIVEN]
    return not lacking(rules, given) and all(row.decision != VerifierDecision.REFUSED for row in rows)


def keepers_of(year: FiscalYear) -> list[Mandate]:
    """The mandates of those who keep, or kept during that year, the cooperative's books: none of them checks it."""
    today = clock.today(year.cooperative.association.time_zone)
    rows = Mandate.objects.filter(cooperative_id=year.cooperative_id, starts__lte=today).select_related("person")
    held = rows.filter(Q(ends__isnull=True) | Q(ends__gte=min(year.start, today)))
    return [row for row in held if allowed(Role(row.role), Permission.BOOK_WRITE)]


def keeps_books(keepers: Sequence[Mandate], name: str, email: str = "") -> bool:
    """Is that one of them, by name (accents and case apart) or by e-mail address?"""
    address = email.strip().lower()
    return any(
        same_name(row.person.full_name, name) or bool(address and (row.person.email or "").lower() == address)
        for row in keepers
    )


def same_name(one: str, other: str) -> bool:
    """The same person, whatever the order of first and last name, the accents and the case?"""
    return sorted(fold(one).replace("-", " ").split()) == sorted(fold(other).replace("-", " ").split())


def draw_size(count: int) -> int:
    """How many of so many entries are drawn: a tenth, five at least."""
    return min(count, max(FEWEST_PIECES, -(-count // 10)))


def drawn_numbers(seed: str, numbers: Sequence[int]) -> list[int]:
    """The entries' numbers drawn by that seed, in their own order: anyone can draw them again."""
    ranked = sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).hexdigest())
    return sorted(ranked[: draw_size(len(numbers))])


def drawn_entries(quitus: Quitus) -> list[Entry]:
    """The entries of the year that its seed draws; none when only totals are kept here."""
    year = quitus.report.year
    if year.mode != YearMode.BOOKS:
        return []
    standing = Entry.objects.filter(year=year, number__gt=0, cancelled_at__isnull=True)
    numbers = drawn_numbers(quitus.seed, list(standing.order_by("number").values_list("number", flat=True)))
    return list(standing.filter(number__in=numbers).order_by("number"))


@dataclass(frozen=True)
class Piece:
    """A drawn entry as a vérificateur sees it: what moved (treasury, cents), under which accounts, its receipts."""

    entry: Entry
    moved: tuple[tuple[str, int], ...]
    accounts: tuple[tuple[str, int], ...]
    receipts: tuple[Attachment, ...]


def drawn_pieces(quitus: Quitus) -> list[Piece]:
    """The drawn entries with all that is needed to check them; three queries, whatever their number."""
    entries = drawn_entries(quitus)
    ids = [entry.pk for entry in entries]
    postings = Posting.objects.filter(entry__in=ids, until_version__isnull=True).select_related("account", "treasury")
    receipts = Attachment.objects.filter(entry__in=ids, removed_at__isnull=True).select_related("document")
    rows, held = list(postings.order_by("pk")), list(receipts.order_by("pk"))
    found = []
    for entry in entries:
        own = [row for row in rows if row.entry_id == entry.pk]
        found.append(
            Piece(
                entry,
                tuple((row.treasury.label, row.cents) for row in own if row.treasury is not None),
                tuple((row.account.key, row.cents) for row in own if row.treasury is None),
                tuple(row for row in held if row.entry_id == entry.pk),
            )
        )
    return found


def last_statements(year: FiscalYear) -> list[Statement]:
    """The last statement of each bank account in the year that has a balance."""
    last: dict[int, Statement] = {}
    rows = Statement.objects.filter(
        cooperative_id=year.cooperative_id, closing_cents__isnull=False, ends_on__range=(year.start, year.end)
    )
    for row in rows.select_related("treasury", "document").order_by("ends_on", "pk"):
        last[row.treasury_id] = row
    return list(last.values())


def shown_documents(quitus: Quitus) -> set[int]:
    """The only documents that its vérificateurs may open: receipts of the drawn pieces, and the last statements."""
    receipts = Attachment.objects.filter(entry__in=drawn_entries(quitus), removed_at__isnull=True, document__isnull=False)
    statements = [row.document_id for row in last_statements(quitus.report.year) if row.document_id]
    return {pk for pk in [*receipts.values_list("document_id", flat=True), *statements] if pk}


def verifier_by(token_sha: str) -> Verifier | None:
    """The vérificateur whose link has that digest, while it opens anything: not expired, replaced or taken back."""
    rows = Verifier.objects.select_related("quitus__report__year", "cooperative__association")
    found = rows.filter(token_sha=token_sha, replaced_at__isnull=True, expires_at__gt=clock.now()).first()
    if found is None or (found.quitus.withdrawn_at is not None and found.decision == VerifierDecision.WAITING):
        return None
    found.quitus.cooperative = found.quitus.report.cooperative = found.quitus.report.year.cooperative = found.cooperative
    return found
