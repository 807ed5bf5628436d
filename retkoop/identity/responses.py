"""Answers that every room gives in the same way."""

from django.http import HttpResponse, HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """After a form: GET that page (HTTP 303)."""

    status_code = 303


def see_other(to: str) -> HttpResponse:
    """303 to a path of this site."""
    return SeeOther(to)
