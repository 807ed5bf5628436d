"""Every form of the site, with what nobody types by mistake: names of columns, markup, amounts and days of all sorts.

`RETKOOP_PROVE=1` plays every way of every form of every visitor, with every value;
else one way of each form of a teacher, the values taken in turn. What is typed is read
before any database: on PostgreSQL, but in the long proof, amounts and days in every third form are enough.
"""

import datetime as dt
import os
import re
import uuid
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count, cycle

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models
from django.http import HttpResponse

from retkoop.core.clock import travel
from tests.crawling import Form, crawl, read_page
from tests.filling import HARMLESS, TYPED, Visitor, filled, make_book, visitors
from tests.full_book import TODAY
from tests.test_double_submit import rewound, undone

PROVE = os.environ.get("RETKOOP_PROVE") == "1"
EACH = 3 if connection.vendor == "postgresql" and not PROVE else 1
ROOMS = ("identity", "documents", "ledger", "yearend", "membership")
AMOUNTS_OF = ("ledger", "yearend", "membership")
SKIPPED = {"login", "logout", "old-address", "forgotten", "access", "choose"}  # sessions: tests of identity
MARKUP = (
    "<script>zq()</script>", "<img src=x onerror=zq()>", "\"><svg/onload=zq()>", "' onmouseover='zq()",
    "\" autofocus onfocus=\"zq()",
    "</textarea><script>zq()</script>", "</title><zq>", "</script><zq>", "</select><zq>", "<zq>", "<ZQ onclick=zq()>",
    "<!-- zq",
    "--><zq>", "]]><zq>", "<?zq ?>", "<iframe srcdoc='<zq>'>", "<a href=javascript:zq()>ici</a>", "javascript:zq()", "{{ zq }}",
    "{% zq %}", "${zq()}", "&lt;zq&gt;", "&#60;zq&#62;", "%3Czq%3E", "\\u003czq\\u003e", "<zq\x0conload=zq()>",
    "<zq/onload=zq()",
    "<base href=//zq>", "<form action=//zq>", "<style>*{zq:0}</style>", "<meta http-equiv=refresh content=0;//zq>", "<<zq>>",
    "`onload=zq()`", "« zq » & 'zq' \"zq\"",
)  # fmt: skip
AMOUNTS = {
    "0,01": 1, "12": 1_200, "12,5": 1_250, "12.50": 1_250, "1 234,50": 123_450, "1\u202f234,50": 123_450,
    "1\xa0234,50 €": 123_450,
    "120 + 45,50": 16_550, " 7,00 ": 700, "0,001": None, "1,234.56": 123_456, "douze": None, "12,50,0": None, "1e3": None,
    "--5": None,
    "NaN": None, "∞": None, "0x10": None, "9" * 40: None, "12;DROP": None, "١٢": None, "½": None, "\x00": None,
    "12" + " " * 300 + "x": None,
}  # fmt: skip
DAYS = {
    "06/10/2025": dt.date(2025, 10, 6), "6/10/2025": dt.date(2025, 10, 6), "6 octobre 2025": dt.date(2025, 10, 6),
    "31/02/2026": None, "00/00/0000": None, "2025-13-01": None, "29/02/2025": None, "32/01/2026": None, "hier soir": None,
    "99/99/9999": None, "1/1/99999": None, "06/10/-2025": None, "0" * 60: None, "06/10/2025/1": None, "\x00": None,
    "٠٦/١٠/٢٠٢٥": None,
}  # fmt: skip


def forms_to_fuzz(book_visitors: Iterator[Visitor]) -> Iterator[tuple[Visitor, Form]]:
    """Each form that writes, with who sees it."""
    for visitor in book_visitors:
        seen: set[str] = set()
        for form in visitor.forms():
            if form.route not in SKIPPED and (PROVE or form.route not in seen):
                seen.add(form.route)
                if len(seen) % EACH == 0:
                    yield visitor, form
        if not PROVE:
            return


def sent_by(visitor: Visitor, form: Form, sent: dict[str, object]) -> HttpResponse:
    """The answer, a 500 being one."""
    visitor.client.raise_request_exception = False
    answer: HttpResponse = visitor.client.post(form.action, rewound(sent))
    visitor.client.raise_request_exception = True
    return answer


# --- what a form does not ask for has no effect


CHANCE = {"password", "hash", "prev", "payload", "payload_sha", "op_key", "op_digest", "token_digest", "original", "copy"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
CHANCE |= {"token_sha", "code_sha", "key_sha", "secret", "seed", "printed"}


def columns_of(model: type[models.Model]) -> list[models.Field]:
    """What must be the same twice: all but keys by chance and instants."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.name not in CHANCE and not isinstance(field, models.DateTimeField)
    ]


def everything() -> dict[str, str]:
    """Every row that a person could have changed, without what chance decides."""
    told = {}
    with connection.cursor() as cursor:
        for model in (model for room in ROOMS for model in apps.get_app_config(room).get_models()):
            names = ", ".join(f'"{field.column}"' for field in columns_of(model))
            cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}" ORDER BY "{model._meta.pk.column}"')
            told[model.__name__] = INSTANT.sub("…", str(cursor.fetchall()))
    return told


def foreign_value(field: models.Field, cooperative: int) -> str:
    """What an intruder would send under that name."""
    if field.is_relation:
        target = field.related_model
        owned = {row.name for row in target._meta.concrete_fields} & {"cooperative"}
        others = (
            target._default_manager.exclude(cooperative=cooperative)
            if owned
            else target._default_manager.exclude(pk=cooperative)
        )
        return str(others.values_list("pk", flat=True).first() or 1)
    if field.choices:
        return str(list(field.choices)[-1][0])
    kinds = {models.BooleanField: "on", models.DateTimeField: "2020-01-01T00:00", models.DateField: "2020-01-01"}
    numeric = isinstance(field, models.IntegerField)
    return next((value for kind, value in kinds.items() if isinstance(field, kind)), "1" if numeric else "INTRUS")


def intrusion(cooperative: int, known: set[str]) -> dict[str, str]:
    """Every column of every table, and the usual words of power, but what some form asks for."""
    told = {
        "validated": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "author": "1",
        "on_behalf": "1",
        "owner": "1",
        "user": "1",
    }
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            for field in model._meta.concrete_fields:
                told |= dict.fromkeys((field.name, field.attname), foreign_value(field, cooperative))
    return {name: value for name, value in told.items() if name not in known}


def reset_sequences() -> None:
    """PostgreSQL does not take back the numbers that it gave in what was undone."""
    if connection.vendor == "postgresql":
        tables = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
        with connection.cursor() as cursor:
            cursor.execute(" ".join(connection.ops.sequence_reset_sql(no_style(), tables)))


@pytest.mark.once
@pytest.mark.django_db
def test_a_name_that_the_form_does_not_ask_for_has_no_effect(cast):
    wrong, tried = [], 0
    with travel(TODAY):
        found = list(forms_to_fuzz(visitors(cast, make_book(cast))))
        asked: dict[str, set[str]] = {}
        for _, form in found:
            asked.setdefault(form.route, set()).update(form.names)
        kin = {
            begins: set().union(*(names for route, names in asked.items() if route.startswith(begins)))
            for begins in (("entry", "draft", "deposit"), ("cra",))  # pages of one form
        }
        for visitor, form in found:
            known = asked[form.route].union(*(names for begins, names in kin.items() if form.route.startswith(begins)))
            plain, seen = filled(form), []
            for extra in ({}, intrusion(visitor.cooperative.pk, known)):
                with undone(visitor.client):
                    reset_sequences()
                    answer = sent_by(visitor, form, {**extra, **plain})
                    seen.append((answer.status_code, answer.headers.get("Location"), everything()))
            tried += seen[0][0] == 303
            if seen[0] != seen[1]:
                wrong.append(f"{form.route}: {seen[0][:2]} became {seen[1][:2]}; {changed(seen[0][2], seen[1][2])}")
    assert not wrong, "\n".join(wrong)
    assert tried > 20


def changed(before: dict[str, str], after: dict[str, str]) -> str:
    """The first rows that differ."""
    told = []
    for name, one in before.items():
        other = after[name]
        if one != other:
            at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
            told.append(f"{name}: {one[max(0, at - 60) : at + 60]!r} became {other[max(0, at - 60) : at + 60]!r}")
    return "; ".join(told)


# --- markup stays text


LEADING = {"href", "src", "action", "formaction", "content"}


class Page(HTMLParser):
    """Reads a page as a browser would, and keeps what somebody's text has become."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.active: list[str] = []
        self.text = ""
        self._tag = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        if "zq" in tag or tag in {"iframe", "object", "embed", "base", "style"}:
            self.active.append(f"<{tag}>")
        for name, value in attrs:
            told = (value or "").strip().lower()
            leads = name in {"href", "src", "action", "formaction", "content"} and re.match(
                r"(javascript:|data:text|//|0;)", told
            )
            if name.startswith(("on", "hx-on")) or "zq" in name or name in {"style", "srcdoc"} or leads:
                self.active.append(f"<{tag} {name}={value}>")
            self.text += f" {value}"

    def handle_data(self, data: str) -> None:
        if self._tag == "script" and "zq" in data:
            self.active.append(f"script {data}")
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_comment(self, data: str) -> None:
        self.active += [f"comment {data}"] if "zq" in data else []

    handle_pi = handle_decl = unknown_decl = handle_comment


def texts_of(form: Form, sent: dict[str, object]) -> list[str]:
    """The fields that take words."""
    free = {
        control.name
        for control in form.fields
        if control.kind in {"text", "textarea", "search", "email"} and not control.amount
    }
    dated = re.compile(r"[\d/,.  -]+")
    return [name for name in free if not (sent.get(name) and dated.fullmatch(str(sent[name]))) and name not in {"version"}]


SHORT = {"label", "name", "object", "place", "reason"}


@pytest.mark.once
@pytest.mark.django_db
def test_markup_typed_anywhere_is_shown_as_it_was_typed(cast):
    turns, wrong, seen = cycle(MARKUP), [], set()
    with travel(TODAY):
        teacher = None
        for visitor, form in forms_to_fuzz(visitors(cast, make_book(cast))):
            teacher = teacher or visitor
            for button in ("", *{name for name, _, _ in form.buttons if PROVE and name in HARMLESS}):
                for _ in range(len(MARKUP) if PROVE else 1):
                    sent = filled(form, button)
                    names = texts_of(form, sent)
                    known = {name for name in names if sent.get(name) or name in TYPED}
                    short = {name: next(turns)[:20] if name in SHORT else "<zq>" for name in known}
                    ways = [{name: next(turns) for name in names}, short]
                    for way in ways:
                        answer = sent_by(visitor, form, {**sent, **way, "operation_key": uuid.uuid4().hex})
                        wrong += told_wrong(f"{form.route} {way}", answer, seen)
                        if answer.status_code == 303:
                            wrong += told_wrong(answer["Location"], visitor.client.get(answer["Location"]), seen)
        assert teacher is not None
        for path, html in crawl(teacher.client, ["/accueil/"], each=1).items():
            wrong += told_wrong(path, HttpResponse(html), seen)
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert len(seen) > len(MARKUP) * 2 / 3, sorted(set(MARKUP) - seen)


def told_wrong(where: str, answer: HttpResponse, seen: set[str]) -> list[str]:
    """A failure, or markup that came to life; what is shown as text goes to `seen`."""
    if answer.status_code >= 500:
        return [f"{where}: {answer.status_code}"]
    if "html" not in answer.get("Content-Type", ""):
        return []
    page = Page(answer.content.decode())
    seen |= {text for text in MARKUP if text.strip() in page.text}
    return [f"{where}: {found}" for found in page.active]


def test_markup_that_comes_to_life_would_be_seen():
    alive = [text for text in MARKUP if Page(f"<p title='x'>{text}</p>").active]
    assert len(alive) > 15
    assert Page(f'<input value="{MARKUP[4]}">').active != []
    assert Page("<p>&lt;zq&gt;</p>").active == []


# --- amounts and days


def stored() -> set[tuple[str, object]]:
    """Every amount (without its sign) and every day that stands in a column."""
    told: set[tuple[str, object]] = set()
    with connection.cursor() as cursor:
        for model in (model for room in AMOUNTS_OF for model in apps.get_app_config(room).get_models()):
            fields = [
                field
                for field in model._meta.concrete_fields
                if type(field) is models.DateField
                or field.column.endswith("cents")
                or field.name in {"debit", "credit", "content"}
            ]
            for field in fields:
                cursor.execute(f'SELECT "{field.column}" FROM "{model._meta.db_table}"')
                told |= {(field.column, abs(value) if isinstance(value, int) else value) for (value,) in cursor.fetchall()}
    return told


def fuzzed(form: Form, number: Iterator[int]) -> Iterator[tuple[str, str, object]]:
    """Field, what is typed there, what it means (None: nothing)."""
    for control in form.fields:
        days = re.fullmatch(r"\d\d/\d\d/\d{4}", TYPED.get(control.name, "")) is not None
        if (control.amount and not control.name.startswith("n_")) or days:
            values = list((DAYS if days else AMOUNTS).items())
            turn = next(number)
            for text, meaning in values if PROVE else [values[turn % len(values)], values[(turn * 7 + 3) % len(values)]]:
                yield control.name, text, meaning


@pytest.mark.django_db
def test_any_amount_and_any_day_is_stored_exactly_or_handed_back_as_typed(cast):
    wrong, numbers, answers = [], count(), []
    with travel(TODAY):
        for visitor, form in forms_to_fuzz(visitors(cast, make_book(cast))):
            for name, text, meaning in fuzzed(form, numbers):
                sent = {**filled(form), name: text}
                with undone(visitor.client):
                    before = stored()
                    answer = sent_by(visitor, form, sent)
                    answers.append(answer.status_code)
                    where = f"{form.route} {name}={text[:30]!r}: {answer.status_code}"
                    if answer.status_code not in {200, 303, 422}:
                        wrong.append(where)
                    elif answer.status_code == 303 and meaning is None and text.strip():
                        wrong.append(f"{where}, stored {stored() - before}")
                    elif answer.status_code == 422:
                        shown = [
                            c.value
                            for f in read_page(form.page, answer.content.decode())[1]
                            for c in f.fields
                            if c.name == name
                        ]
                        if text.strip() not in [value.strip() for value in shown]:
                            wrong.append(f"{where}, shows {shown}")
                    elif answer.status_code == 303 and meaning not in {value for _, value in stored()}:
                        wrong.append(f"{where}, stored {stored() - before}, not {meaning}")
    assert not wrong, "\n".join(wrong)
    assert (answers.count(422) > 20 // EACH**2, answers.count(303) > 5 // EACH**2) == (True, True), answers
