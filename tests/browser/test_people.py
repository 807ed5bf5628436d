"""A change of hands: invited, accepted with a password of one's own, ended in an open page, then the years served."""

from functools import partial
from urllib.parse import urlsplit

import pytest

from retkoop.identity.tests.letters import letters
from tests.browser.school import running_year
from tests.browser.test_axe import defects

pytestmark = pytest.mark.browser
WORDS = "quatre mots sans aucun lien"


def link_to(address: str) -> str:
    """In the hand's thread: the path of the link last written to that address."""
    return urlsplit(next(letter.link for letter in reversed(letters()) if letter.to == address)).path


def test_a_keeper_of_the_books_is_invited_works_leaves_and_reads_the_years_served(school, come, script):
    account = school.cooperative(partial(running_year, first=2026, entries=1))
    address = f"lou-{account.identifier}@exemple.fr"
    teacher = come(account, script=script)
    teacher.open("/accueil/")
    teacher.follow("Personnes")
    teacher.follow("Inviter une personne")
    teacher.type("Prénom et nom", "Lou Neuve")
    teacher.type("Adresse e-mail", address)
    teacher.tick("teneur ou teneuse des comptes")
    teacher.press("Envoyer l’invitation")
    teacher.sees("L’invitation part à cette adresse")

    keeper = come(script=script)
    keeper.open(school.hand.run(link_to, address))
    keeper.sees("Anne Maret vous propose ce mandat")
    keeper.type("Nouveau mot de passe", WORDS)
    keeper.press("Accepter ce mandat")
    for words in ("Identifiant", "Mot de passe"):
        keeper.type(words, address if words == "Identifiant" else WORDS)
    keeper.press("Se connecter")
    keeper.page.wait_for_url("**/accueil/")

    teacher.open("/personnes/")
    teacher.follow("Mettre fin au mandat de Lou Neuve")
    teacher.press("Mettre fin à ce mandat")
    teacher.sees("Le mandat de Lou Neuve prend fin.")
    keeper.follow("Cahier")
    keeper.page.wait_for_url("**/connexion/**")
    for words in ("Identifiant", "Mot de passe"):
        keeper.type(words, address if words == "Identifiant" else WORDS)
    keeper.press("Se connecter")
    keeper.sees_title("Les années que vous avez servies")
    found = defects(keeper, (320, 1280)) if script else []
    keeper.follow("Le cahier de 2026-2027")
    keeper.sees("Bus n° 1")
    assert found + (defects(keeper, (320, 1280)) if script else []) == []
