"""The chapters of the guide, read once a process from `docs/guide`, and the search over them.

A chapter is a Markdown file that begins with a few `name: value` lines between
two `---`: title, order, summary, keywords. Its address is its file name
without the number: `05-pointage.md` is at `/aide/pointage/`. From order 90 on
come the pages that stand beside the chapters (« Nouveautés »).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from retkoop.core.text import fold
from retkoop.guide.markdown import Page, render

FOLDER = Path(settings.BASE_DIR).parent / "docs" / "guide"
IMAGES = frozenset({"accueil", "ecriture", "cahier", "pointage", "caisse", "subventions", "bilan", "cloture", "justificatif"})
BESIDE = 90
QUERY_LENGTH = 100
_EXCERPT = 28
_PLURAL = 4
_SMALL = frozenset(
    [
        "a",
        "au",
        "aux",
        "de",
        "des",
        "du",
        "en",
        "est",
        "et",
        "la",
        "le",
        "les",
        "l",
        "d",
        "ou",
        "par",
        "pour",
        "que",
        "qui",
        "sur",
        "un",
        "une",
        "mon",
        "ma",
        "mes",
    ]
)


@dataclass(frozen=True)
class Chapter:
    """A file of the guide."""

    slug: str
    title: str
    order: int
    summary: str
    keywords: str
    page: Page

    @property
    def path(self) -> str:
        return f"/aide/{self.slug}/"

    @property
    def beside(self) -> bool:
        """A page outside the numbered chapters."""
        return self.order >= BESIDE


@dataclass(frozen=True)
class Result:
    """A place of the guide that answers a search."""

    chapter: Chapter
    title: str
    path: str
    excerpt: SafeString
    score: int


@cache
def chapters() -> tuple[Chapter, ...]:
    """Every chapter, in the guide's order."""
    return tuple(sorted((_read(file) for file in FOLDER.glob("*.md")), key=lambda chapter: chapter.order))


def chapter(slug: str) -> Chapter | None:
    """The chapter at that address."""
    return next((found for found in chapters() if found.slug == slug), None)


def neighbours(here: Chapter) -> tuple[Chapter | None, Chapter | None]:
    """The chapters before and after."""
    every = chapters()
    place = every.index(here)
    return (every[place - 1] if place else None), (every[place + 1] if place + 1 < len(every) else None)


def search(query: str) -> list[Result]:
    """The sections that hold every word of the query, the best first; accents, capitals and plurals do not count."""
    stems = _stems(query[:QUERY_LENGTH])
    if not stems:
        return []
    found = [result for one in chapters() for result in _in_chapter(one, stems)]
    return sorted(found, key=lambda result: (-result.score, result.chapter.order))


def _read(file: Path) -> Chapter:
    _, head, body = file.read_text(encoding="utf-8").split("---\n", 2)
    facts = dict(line.split(": ", 1) for line in head.strip().splitlines())
    return Chapter(
        slug=re.sub(r"^\d+-", "", file.stem),
        title=facts["title"],
        order=int(facts["order"]),
        summary=facts["summary"],
        keywords=facts["keywords"],
        page=render(body, FOLDER / "images"),
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", fold(text))


def _stem(word: str) -> str:
    return word[:-1] if len(word) >= _PLURAL and word[-1] in "sx" else word


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _words(text) if word not in _SMALL)


def _holds(words: Iterable[str], stem: str) -> bool:
    return any(word.startswith(stem) for word in words)


def _in_chapter(one: Chapter, stems: frozenset[str]) -> list[Result]:
    about = _words(f"{one.title} {one.keywords}")
    found = []
    for section in one.page.sections:
        title, text = _words(section.title or one.title), _words(section.text)
        near = title + text
        if not any(_holds(near, stem) for stem in stems) or not all(_holds(near + about, stem) for stem in stems):
            continue
        score = sum(10 * _holds(title, stem) + 4 * _holds(text, stem) + 3 * _holds(about, stem) for stem in stems)
        path = f"{one.path}#{section.anchor}" if section.anchor else one.path
        excerpt = _excerpt(section.text or one.summary, stems)
        found.append(Result(one, section.title or one.title, path, excerpt, score))
    return found


def _excerpt(text: str, stems: frozenset[str]) -> SafeString:
    """Some thirty words around the first one found, the found ones marked."""
    words = text.split(" ")  # not at the no-break spaces
    hits = [any(_holds(_words(word), stem) for stem in stems) for word in words]
    first = max(0, hits.index(True) - 6) if True in hits else 0
    shown = list(zip(words, hits, strict=True))[first : first + _EXCERPT]
    body = format_html_join(" ", "{}", ((format_html("<mark>{}</mark>", word) if hit else word,) for word, hit in shown))
    end = "…" if first + _EXCERPT < len(words) else ""
    return format_html("{}{}{}", "… " if first else "", body, end)
