"""What an AD asks of its cooperatives' reports."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass

from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.identity.models import Association
from retkoop.yearend.models import ReportRules

MOST_VERIFIERS = 6
LONGEST_REASON = 500


@dataclass(frozen=True)
class Rules:
    """The AD's choices: the day the CRA opens, the quitus (domain.md §4), what 2.c admits, its own sentences."""

    cra_opens_month: int
    cra_opens_day: int
    verifiers: int
    parents: int
    teachers: int
    commission_allowed: bool
    receivables_allowed: bool
    cheques_only: bool
    reasons: Sequence[str]


def change_report_rules(
    *, association: Association, rules: Rules, author: audit.Author, operation: audit.Operation | None = None
) -> ReportRules:
    """Keep the AD's rules; they count for reports not yet handed in. Raises Refusal."""
    _refuse(rules)
    after = {**vars(rules), "reasons": [text.strip() for text in rules.reasons if text.strip()]}
    with audit.general_act(author, "change_report_rules", operation=operation) as act:
        row, _ = ReportRules.objects.select_for_update().get_or_create(association=association)
        before = {name: getattr(row, name) for name in after}
        for name, value in after.items():
            setattr(row, name, value)
        row.save()
        act.about("report_rules", row.pk)
        act.payload = {"before": before, "after": after}
    return row


def _refuse(rules: Rules) -> None:
    if not 1 <= rules.cra_opens_month <= 12:
        message = "Le mois est un nombre de 1 à 12."
        raise Refusal(message, "cra_opens_month")
    if not 1 <= rules.cra_opens_day <= calendar.monthrange(2026, rules.cra_opens_month)[1]:
        message = "Ce jour n’existe pas dans ce mois."
        raise Refusal(message, "cra_opens_day")
    if not 2 <= rules.verifiers <= MOST_VERIFIERS:
        message = f"Il faut au moins deux vérificateurs aux comptes, et au plus {MOST_VERIFIERS}."
        raise Refusal(message, "verifiers")
    if rules.parents < 1:
        message = "Au moins un des vérificateurs est un parent d’élève."
        raise Refusal(message, "parents")
    if rules.parents + rules.teachers > rules.verifiers:
        message = f"Parents et enseignants font {rules.parents + rules.teachers} : demandez au moins autant de vérificateurs."
        raise Refusal(message, "verifiers")
    if any(len(text.strip()) > LONGEST_REASON for text in rules.reasons):
        message = f"Un motif a {LONGEST_REASON} signes au plus."
        raise Refusal(message, "reasons")
