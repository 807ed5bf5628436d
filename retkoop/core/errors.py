"""The pages shown when something is refused or breaks.

Each is built once and is the same bytes, with the same headers, for everyone:
no token, no request id, no name. So the foreign and the absent look alike
(trust.md P11), and a broken database breaks none of them.
"""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

NB = "\u202f"  # the narrow space that French puts before ; : ! ? and inside « »

_WORDS: dict[str, tuple[str, list[str]]] = {
    "absent": (
        "Cette page n’existe pas",
        [
            "L’adresse a peut-être été mal recopiée, ou bien elle mène à un cahier qui n’est pas le vôtre.",
            f"Vos écritures sont à leur place{NB}: repartez du sommaire pour les retrouver.",
        ],
    ),
    "forbidden": (
        "Cette page ne vous est pas ouverte",
        [
            "Votre rôle dans la coopérative ne permet pas de faire cela.",
            (
                "Rien n’a été changé. Si vous pensez que c’est à vous de le faire, demandez à votre mandataire"
                " ou à votre association départementale."
            ),
        ],
    ),
    "unreadable": (
        "Votre navigateur a envoyé quelque chose que nous n’avons pas compris",
        ["Rien n’a été enregistré. Revenez au sommaire et recommencez depuis la page où vous étiez."],
    ),
    "broken": (
        "Une panne est de notre côté",
        [
            (
                "La page n’a pas pu être préparée. Ce que vous veniez de valider est soit enregistré en entier,"
                " soit pas du tout, jamais à moitié."
            ),
            (
                "Regardez d’abord votre cahier, puis recommencez s’il le faut. Si cela continue,"
                " appelez votre association départementale."
            ),
        ],
    ),
    "expired": (
        "Cette page est restée ouverte trop longtemps",
        [
            "Par sécurité, ce que vous avez envoyé n’a pas été enregistré.",
            (
                f"Revenez au sommaire, puis ouvrez à nouveau la page{NB}: sur cet ordinateur,"
                " une écriture commencée vous est rendue telle que vous l’avez laissée."
            ),
        ],
    ),
}


@cache
def _page(name: str) -> bytes:
    title, sentences = _WORDS[name]
    return render_to_string("core/error.html", {"title": title, "sentences": sentences}).encode()


def _answer(name: str, status: int) -> HttpResponse:
    """The headers are fixed here so that what was looked up on the way cannot show through them."""
    return HttpResponse(_page(name), status=status, headers={"Cache-Control": "no-store", "Vary": "Cookie"})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404, for the foreign and the absent alike."""
    return _answer("absent", 404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """403: known, but not allowed to."""
    return _answer("forbidden", 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """400: what came could not be read at all."""
    return _answer("unreadable", 400)


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """500: nothing here needs the database."""
    return _answer("broken", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403 of a form whose token is too old, or is not ours."""
    return _answer("expired", 403)
