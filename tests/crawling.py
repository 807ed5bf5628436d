"""Reading the site's own pages as a visitor would: every link followed, every form found and filled."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

VOID = {"submit", "button", "image", "reset"}


@dataclass
class Field:
    """A control of a form: its name, kind (`type`, or the tag), and the values that it offers."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    checked: bool = False
    required: bool = False
    amount: bool = False


@dataclass
class Form:
    """A form of a page: where it leads, its controls, its named buttons."""

    page: str
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def route(self) -> str:
        """The name of the address to which it leads."""
        return route(self.action)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted({control.name for control in self.fields}))

    def initial(self) -> dict[str, list[str]]:
        """What a browser would send without anything typed, the files and buttons apart."""
        sent: dict[str, list[str]] = {}
        for control in self.fields:
            if control.kind == "file" or (control.kind in {"checkbox", "radio"} and not control.checked):
                continue
            sent.setdefault(control.name, []).append(control.value)
        return sent


def route(path: str) -> str:
    """The name of an address, "" for one that the site does not know."""
    try:
        return resolve(urlsplit(path).path).url_name or ""
    except Resolver404:
        return ""


class _Reader(HTMLParser):
    """Collects links and forms; a control may name its form by `form=`."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.links, self.forms = page, [], []
        self._by_id: dict[str, Form] = {}
        self._waiting: list[tuple[str, object]] = []
        self._current: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "a" and facts.get("href"):
            self.links.append(urljoin(self.page, facts["href"]))
        elif tag == "form":
            action = urljoin(self.page, facts.get("action") or self.page)
            self._current = Form(self.page, action, facts.get("method", "get").lower())
            self.forms.append(self._current)
            if "id" in facts:
                self._by_id[facts["id"]] = self._current
        elif tag in {"input", "select", "textarea", "button"} and "disabled" not in facts:
            self._control(tag, facts)
        elif tag == "option" and self._select is not None:
            self._select.options.append(facts.get("value", ""))
            if "selected" in facts:
                self._select.value = facts.get("value", "")

    def _control(self, tag: str, facts: dict[str, str]) -> None:
        kind = facts.get("type", "text" if tag == "input" else "submit" if tag == "button" else tag)
        if kind in VOID:
            self._put(facts, (facts.get("name", ""), facts.get("value", ""), facts.get("formaction", "")))
            return
        default = "on" if kind in {"checkbox", "radio"} else ""
        made = Field(
            facts.get("name", ""), kind, facts.get("value", default), checked="checked" in facts, required="required" in facts,
            amount="data-amount" in facts,
        )  # fmt: skip
        if made.name:
            self._put(facts, made)
        self._select = made if tag == "select" else self._select
        self._area = made if tag == "textarea" else None

    def _put(self, facts: dict[str, str], what: object) -> None:
        if facts.get("form"):
            self._waiting.append((facts["form"], what))
        elif self._current is not None:
            _add(self._current, what)

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._current = None
        elif tag == "select":
            if self._select is not None and self._select.options and not self._select.value:
                self._select.value = self._select.options[0]
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self._area.value = self._area.value.strip()
            self._area = None

    def close(self) -> None:
        super().close()
        for name, what in self._waiting:
            if name in self._by_id:
                _add(self._by_id[name], what)


def _add(form: Form, what: object) -> None:
    if isinstance(what, Field):
        form.fields.append(what)
    elif isinstance(what, tuple):
        form.buttons.append(what)


@lru_cache(maxsize=1000)
def read_page(path: str, html: str) -> tuple[list[str], list[Form]]:
    """The links and the forms of a page."""
    reader = _Reader(path)
    reader.feed(html)
    reader.close()
    return reader.links, reader.forms


def shape(path: str) -> tuple[str, ...]:
    """Two addresses of the same shape show the same kind of page: the route and the names of what is asked."""
    return (route(path), *sorted(name for name, _ in parse_qsl(urlsplit(path).query, keep_blank_values=True)))


def crawl(client: Client, starts: Iterable[str], *, each: int = 1, follow: bool = True) -> dict[str, str]:
    """Address → page, following every link from `starts` but files; at most `each` addresses of one shape.

    Without `follow`: the pages of `starts` alone.
    """
    pages: dict[str, str] = {}
    seen: dict[tuple[str, ...], int] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop(0).split("#")[0]
        if not re.match(r"/(?!/)[^?]*/(\?|$)", path) or path in pages or seen.get(shape(path), 0) >= each or not route(path):
            continue
        seen[shape(path)] = seen.get(shape(path), 0) + 1
        answer = client.get(path)
        if answer.status_code in {301, 302, 303}:
            waiting.append(urljoin(path, answer["Location"]))
        elif answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            pages[path] = answer.content.decode()
            waiting += read_page(path, pages[path])[0] if follow else []
        else:
            assert answer.status_code == 200, (path, answer.status_code)
    return pages


def forms_of(pages: dict[str, str]) -> list[Form]:
    """The posted forms of the pages, one of each: same route, same controls, same buttons."""
    found: dict[tuple[object, ...], Form] = {}
    for path, html in pages.items():
        for form in read_page(path, html)[1]:
            if form.method == "post":
                variants = tuple(sorted(form.buttons))
                kinds = tuple(sorted((name, where) for name, _, where in variants))
                found.setdefault((form.route, *(name for name in form.names if name not in {"retour", "annee"}), kinds), form)
    return list(found.values())
