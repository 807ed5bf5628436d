"""The places of the guides that open with the yearly report and the adhésion: what each will do, and whom to ask.

One sentence each, and the AD's address: never a dead end.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A place of the guides: its title, what it is for, and what to do meanwhile."""

    title: str
    purpose: str
    meanwhile: str
    links: tuple[tuple[str, str], ...] = ()
    pink: bool = False


PLACES: dict[str, Place] = {
    "changement-bancaire": Place(
        "Changement pour le compte bancaire",
        "Vous y préparerez le dossier du nouveau mandataire pour la banque.",
        "Pour changer de mandataire, demandez le formulaire à votre AD : n’envoyez pas de pièce d’identité "
        "par e-mail sans qu’elle vous l’ait demandée.",
        pink=True,
    ),
}
