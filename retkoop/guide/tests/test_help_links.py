"""The « ? » of a screen leads to a chapter that speaks of that screen: its address, its title, or its main button."""

import html
import re
from pathlib import Path

import pytest
from django.test import Client

from retkoop.core.clock import travel
from retkoop.core.helplinks import CHAPTER_OF
from retkoop.core.text import fold
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.tests.worked import TODAY

GUIDE = Path(__file__).parents[3] / "docs" / "guide"
CHAPTERS = {re.sub(r"^\d+-", "", path.stem): path.read_text() for path in GUIDE.glob("*.md")}
LINK = re.compile(r"\]\((/[^)#?]*)")
TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
BUTTON = re.compile(r"<(?:a|button)[^>]*\bbtn-main\b[^>]*>(.*?)</(?:a|button)>", re.DOTALL)
WITHOUT_PAGE = {
    "/connexion/controle/": "Après votre mot de passe vient la page",
    "/compte/confirmer/": "redemande votre mot de passe",
    "/mot-de-passe/": "Choisir un mot de passe",
    "/documents/": "Envoyer l’image",
    "/justificatifs/": "Envoyer l’image",
    "/compte-rendu/reprendre/": "Reprendre ma saisie",
    "/quitus/": "Je donne quitus",
}
"""What is reached by a form or a personal link alone: the words that the chapter has of it."""


def linked(prefix: str, chapter: str) -> bool:
    """Does the chapter link to that screen, and not only to one that has its own chapter?"""
    own = [other for other in CHAPTER_OF if other != prefix and other.startswith(prefix)]
    return any(to.startswith(prefix) and not to.startswith(tuple(own)) for to in LINK.findall(chapter))


def told(shown: str) -> set[str]:
    """The words of a title or a button that mean something: years and small words apart."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", shown))
    return meant(text)


def meant(text: str) -> set[str]:
    """Its words of four letters and more, without accents and without the mark of the plural."""
    return {word.rstrip("sx") for word in re.findall(r"[a-z]{4,}", fold(text))}


def names(prefix: str, chapter: str, cast) -> bool:
    """Are all the words of the screen's title, or of one of its main buttons, in the chapter?

    Those of its address, when nobody opens it as it is (a form, a personal link, a thing that is not there).
    """
    written = meant(chapter)
    people = [cast.mandataire_a, cast.ad_accountant, cast.federation_person]
    for client in [*map(signed_in, people), Client()]:
        answer = client.get(prefix, follow=True)
        if answer.status_code == 200 and answer.request["PATH_INFO"].startswith(prefix):
            page = answer.content.decode().split("<main", 1)[-1]
            shown = [words for words in map(told, TITLE.findall(page) + BUTTON.findall(page)) if words]
            return any(words <= written for words in shown)
    return told(prefix) <= written


@pytest.mark.parametrize("prefix", CHAPTER_OF)
def test_the_chapter_of_a_screen_speaks_of_it(cast, prefix):
    chart.load()
    chapter = CHAPTERS[CHAPTER_OF[prefix].strip("/")]
    with travel(TODAY):
        known = (
            WITHOUT_PAGE[prefix] in chapter
            if prefix in WITHOUT_PAGE
            else linked(prefix, chapter) or names(prefix, chapter, cast)
        )
    assert known, f"{CHAPTER_OF[prefix]} neither links to {prefix} nor names its title or its main button"
