"""Template tags of the house: amounts, dates, links that keep the year in view.

Built in to every template; no `{% load %}` is needed.
"""

import datetime as dt
import re

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from retkoop.core import dates, money
from retkoop.core.helplinks import help_path

register = template.Library()
_HOUR = re.compile(r"(\d{1,2}) ?h(?: ?(\d\d))?\b")


@register.filter
def euros(cents: int | None) -> str:
    """Cents → « 1 234,50 € »; nothing for nothing."""
    return "" if cents is None else money.format_euros(cents)


@register.filter
def montant(cents: int | None) -> str:
    """Cents → « 1 234,50 », for columns and fields; nothing for nothing."""
    return "" if cents is None else money.format_amount(cents)


@register.filter
def jour(day: dt.date | None) -> str:
    """« 28/06/2026 », for tables."""
    return "" if day is None else dates.format_day(day)


@register.filter
def jour_iso(text: str) -> str:
    """« 28/06/2026 » from « 2026-06-28 »; nothing for nothing."""
    return dates.format_day(dt.date.fromisoformat(text)) if text else ""


@register.filter
def jour_long(day: dt.date | None) -> str:
    """« 28 juin 2026 », for sentences."""
    return "" if day is None else dates.format_long(day)


@register.filter
def horaires(text: str) -> str:
    """« 9 h – 12 h et 13 h 30 », typed by someone: an hour does not break across lines."""
    return _HOUR.sub(lambda hour: f"{hour[1]}\u00a0h" + (f"\u00a0{hour[2]}" if hour[2] else ""), text)


@register.simple_tag
def amount(cents: int) -> SafeString:
    """An amount in a sentence or a cell, with its cents for scripts and tests."""
    return format_html('<span class="amount" data-cents="{}">{}</span>', cents, money.format_euros(cents))


@register.simple_tag(takes_context=True)
def lien(context: Context, path: str) -> str:
    """A path of the site that keeps the school year in view.

    `annee_query` of the context (« annee=2024-2025 ») is added when it is set;
    a path that already names its year keeps it.
    """
    query = context.get("annee_query", "")
    if not query or "annee=" in path:
        return path
    place, mark, fragment = path.partition("#")
    return f"{place}{'&' if '?' in place else '?'}{query}{mark}{fragment}"


@register.simple_tag
def help_url(path: str) -> str:
    """Where the « ? » of the screen at that path leads: its chapter of the guide."""
    return help_path(path)
