"""What every template knows of the year in view."""

from django.http import HttpRequest


def year_in_view(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001
    """Nothing yet."""
    return {}
