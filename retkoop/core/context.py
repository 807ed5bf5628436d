"""What every template knows of the site itself."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001
    """`demo`: are these made-up data?"""
    return {"demo": settings.DEMO}
