"""The import of cooperatives: all or none, one act of the AD, with what it made kept so that it can be undone."""

from collections.abc import Sequence

from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.identity.models import Association, BookHead, Cooperative
from retkoop.interchange.new_cooperatives import SchoolLine
from retkoop.membership.models import CreationBatch
from retkoop.membership.queries.creation import known_to
from retkoop.membership.services.creation import Made, keep_batch, make_school, problems_of
from retkoop.yearend.services.past_reports import PastRow, type_past_report


def import_cooperatives(
    *,
    association: Association,
    lines: Sequence[SchoolLine],
    file_name: str,
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> CreationBatch:
    """Create the cooperatives of a file that was read. Raises Refusal, and then nothing is kept."""
    try:
        with audit.general_act(author, "cooperatives.imported", operation=operation) as act:
            known = known_to(association, [line.new.email for line in lines])
            for line in lines:
                for problem in problems_of(line.new, known):
                    message = f"Ligne {line.number} : {problem.message}"
                    raise Refusal(message)
            made = [_made(association, line, author) for line in lines]
            batch = keep_batch(association=association, file_name=file_name, made=made, author=author)
            act.about("batch", batch.pk)
            act.payload = {"file": batch.file_name, "cooperatives": [line["number"] for line in made]}
    except audit.Replay as replay:
        return CreationBatch.objects.get(pk=replay.subject_id)
    return batch


def _made(association: Association, line: SchoolLine, author: audit.Author) -> Made:
    made = make_school(association=association, new=line.new, author=author)
    if line.pasts:
        cooperative = Cooperative.objects.select_related("association").get(pk=made["cooperative"])
        for past in sorted(line.pasts, key=lambda each: each.first):
            row = PastRow(cooperative, past.first, past.figures)
            type_past_report(row=row, author=author)
        made["seq"] = BookHead.objects.values_list("seq", flat=True).get(cooperative=cooperative)
    return made
