"""Passwords that a neighbour would try first are refused (trust.md P12)."""

import re

from django.core.exceptions import ValidationError

_LOCAL_WORDS = ("retkoop", "occe", "cooperative", "coopérative", "ecole", "école", "rentree", "rentrée", "mandataire")


class LocalWordsValidator:
    """Refuses a password that is mostly a word of the house."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002
        """Raises ValidationError when little is left once local words and digits are removed."""
        rest = password.lower()
        for word in _LOCAL_WORDS:
            rest = rest.replace(word, "")
        if len(re.sub(r"[\d\W_]", "", rest)) < 4 and rest != password.lower():
            message = "Ce mot de passe se devine : ajoutez-lui des mots qui n’ont rien à voir avec l’école."
            raise ValidationError(message)

    def get_help_text(self) -> str:
        return "Évitez « occe », « retkoop » ou le nom de l’école suivis d’une année."
