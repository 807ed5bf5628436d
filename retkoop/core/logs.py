"""What the log never says: a personal link is a secret, so its address is written without it."""

import logging
import re

_SECRET = re.compile(r"(/(?:quitus|acces|compte/adresse)/)[^/\s?\"']+")


def without_secrets(text: str) -> str:
    """« /quitus/…/code/ » for the address of a personal link."""
    return _SECRET.sub(r"\1…", text)


class WithoutSecrets(logging.Filter):
    """For the loggers that write the address of a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything pass, rewritten."""
        record.msg, record.args = without_secrets(record.getMessage()), None
        return True
