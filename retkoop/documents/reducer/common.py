"""Limits and manners shared by the two readers."""

import json
import sys
from collections.abc import Callable
from typing import Any

MAX_PIXELS = 40_000_000
MAX_PAGES = 60
# A4 at 170 dpi: the x of an 11-point letter is 13 pixels high; at 160 dpi, over 12.
PAGE_PIXELS = 1404 * 1985
FLOOR_PIXELS = 1323 * 1871
LONGEST_SIDE = 6000
PAGE_BYTES = 200_000

Job = dict[str, Any]
Answer = dict[str, Any]


class Refusal(ValueError):  # noqa: N818 - an answer, not a fault
    """The file is refused; the message is the French sentence that its sender will read."""


DAMAGED = "Ce fichier est abîmé ou incomplet : il ne s’ouvre pas. Envoyez-le de nouveau, ou reprenez la photo."


def answer(work: Callable[[Job], Answer], job: Job) -> Answer:
    """The job's answer, or `{"refused": sentence}`: whatever a decoder raises means a damaged file."""
    try:
        return work(job)
    except Refusal as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": DAMAGED}
    except Exception as error:  # noqa: BLE001 - decoders raise anything on hostile input
        return {"refused": DAMAGED, "cause": f"{type(error).__name__}: {error}"[:300]}


def serve(work: Callable[[Job], Answer]) -> None:
    """Do the jobs given as a JSON list on standard input; write the list of answers."""
    jobs: list[Job] = json.load(sys.stdin)
    json.dump([answer(work, job) for job in jobs], sys.stdout)


def too_many_pixels(width: int, height: int) -> Refusal:
    """The refusal of an image of more than 40 megapixels."""
    size = f"{width} × {height}"
    return Refusal(
        f"Cette image est trop grande ({size} points, la limite est de 40 millions). "
        "Reprenez la photo à une taille plus petite."
    )
