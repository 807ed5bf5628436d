"""An AD's own words for the examples of « Aide à la ventilation »."""

from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.identity.models import Association
from retkoop.ledger.models import PurchaseAdvice
from retkoop.ledger.ventilation import VERDICTS, examples

_LONGEST = 300


def save_advice(
    *,
    association: Association,
    key: str,
    verdict: str,
    text: str,
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> PurchaseAdvice | None:
    """Keep the AD's verdict and words for an example; with no verdict, come back to the common ones. Raises Refusal."""
    words = " ".join(text.split())
    if key not in examples():
        message = "Cet exemple n’existe pas."
        raise Refusal(message)
    if verdict and verdict not in VERDICTS:
        message = "Choisissez : autorisé, toléré ou interdit."
        raise Refusal(message, "verdict")
    if len(words) > _LONGEST:
        message = f"Cette explication tient en {_LONGEST} caractères : il y en a {len(words)}."
        raise Refusal(message, "text")
    advice: PurchaseAdvice | None = None
    try:
        with audit.general_act(author, "advice.saved", operation=operation) as act:
            rows = PurchaseAdvice.objects.filter(association=association, key=key)
            if verdict:
                advice, _ = PurchaseAdvice.objects.update_or_create(
                    association=association, key=key, defaults={"verdict": verdict, "text": words}
                )
            else:
                rows.delete()
            act.about("association", association.pk)
            act.payload = {"association": association.code, "example": key, "verdict": verdict, "text": words}
    except audit.Replay:
        return PurchaseAdvice.objects.filter(association=association, key=key).first()
    return advice
