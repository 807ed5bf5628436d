"""What a service says when it cannot do what was asked: where, and why, in the user's words."""


class Refusal(ValueError):  # noqa: N818
    """A rule of the field refuses the act; `message` is a French sentence, `field` the form's field or ''."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class StaleVersion(ValueError):  # noqa: N818
    """Somebody else changed the thing since the form was opened (HTTP 409)."""
