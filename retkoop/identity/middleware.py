"""Who is asking: resolved once a request; and the headers that every answer bears."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


class IdentityMiddleware:
    """Placeholder of the walking skeleton: sets nothing yet."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class HeadersMiddleware(IdentityMiddleware):
    """Placeholder of the walking skeleton."""
