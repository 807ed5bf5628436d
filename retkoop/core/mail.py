"""Outgoing mail."""

from pathlib import Path

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend


class FolderBackend(EmailBackend):
    """In a demo or a local trial, mails are files in `mails/` under the data folder."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        Path(settings.MAILS_DIR).mkdir(parents=True, exist_ok=True)
        kwargs["file_path"] = str(settings.MAILS_DIR)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
