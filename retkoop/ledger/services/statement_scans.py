"""The scan of a bank statement: attached, replaced, taken off. Open even after the closing, as receipts are."""

from retkoop.core.refusal import Refusal
from retkoop.documents.models import Document
from retkoop.documents.services import Prepared, facts, store
from retkoop.identity import audit
from retkoop.ledger.canonical import statement_state
from retkoop.ledger.models import Statement


def attach_scan(
    *, statement: Statement, ready: Prepared, author: audit.Author, operation: audit.Operation | None = None
) -> Document:
    """Store a prepared file as the statement's scan; the former one stays in the documents.

    Raises audit.Replay (the view leads back to the statement), audit.OperationConflict.
    """
    with audit.act(statement.cooperative, author, "statement.scanned", operation=operation) as act:
        document = store(cooperative=statement.cooperative, author=author, ready=ready)
        _put(statement, document)
        act.about("statement", statement.pk)
        act.payload = {"statement": statement_state(statement), "scan": facts(document)}
    return document


def remove_scan(*, statement: Statement, author: audit.Author, operation: audit.Operation | None = None) -> None:
    """Take the scan off its statement; the file stays. Raises Refusal when there is none."""
    with audit.act(statement.cooperative, author, "statement.scan_removed", operation=operation) as act:
        current = Statement.objects.select_related("document").get(pk=statement.pk)
        if current.document is None:
            message = "Ce relevé n’a plus de document joint."
            raise Refusal(message)
        act.about("statement", statement.pk)
        act.payload = {"statement": statement_state(statement), "scan": facts(current.document)}
        _put(statement, None)


def _put(statement: Statement, document: Document | None) -> None:
    Statement.objects.filter(pk=statement.pk).update(document=document)
    statement.document = document
