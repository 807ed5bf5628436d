"""Template tags of the interface: icons, fields, error summary, places and ways back.

Built in to every template; no `{% load %}` is needed. `docs/design.md` lists
every part with one line of use.
"""

from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from retkoop.core.templatetags.retkoop import lien

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """A line drawing from the sprite, silent for those who listen: words always stand beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("core/icons.svg"),
        name,
    )


@register.inclusion_tag("core/parts/field.html")
def field(bound: BoundField, kind: str = "", help: str = "", hint: str = "", unit: str = "", css: str = "") -> dict[str, Any]:
    """A form field with its label above, its help under, and what is missing under that, all tied together.

    `kind`: « amount » (right-aligned, decimal keyboard), « line » (words at the
    left, an amount at the right), « chips » (a few choices in a row); checkboxes,
    radio groups and the rest are recognised. `hint` stands beside the label
    (« jj/mm/aaaa »); a field that may stay empty says « facultatif » there.
    """
    kind = kind or _kind(bound)
    help_text = help or str(bound.help_text)
    if not hint and kind in {"", "set", "amount"} and not bound.field.required:
        hint = "facultatif"
    described = _described(bound, kind, help_text, hint)
    attrs: dict[str, bool | str] = {"aria-describedby": described} if described else {}
    if kind in {"amount", "line"}:
        attrs |= {"inputmode": "decimal", "data-amount": "", "autocomplete": "off"}
    return {
        "field": bound,
        "kind": kind,
        "id": bound.auto_id,
        "label": bound.label,
        "widget": "" if kind in {"chips", "set"} else bound.as_widget(attrs=attrs),
        "help": help_text,
        "hint": hint,
        "unit": unit,
        "css": css,
        "described": described,
        "errors": _errors(bound),
    }


def _kind(bound: BoundField) -> str:
    if bound.use_fieldset:
        return "set"
    return "choice" if isinstance(bound.field.widget, forms.CheckboxInput) else ""


def _errors(bound: BoundField) -> list[str]:
    """Django says « ce champ est obligatoire »; the house says what is missing and how to give it."""
    texts = []
    for error in bound.errors.as_data():
        said = " ".join(error.messages)
        if error.code == "required" and said == str(forms.Field.default_error_messages["required"]):
            said = f"Remplissez «\u202f{bound.label}\u202f»\u202f: cette information manque."
        texts.append(said)
    return texts


def _described(bound: BoundField, kind: str, help_text: str, hint: str) -> str:
    """The ids of what explains the field, in reading order."""
    parts = []
    if hint and kind in {"", "amount"}:
        parts.append("hint")
    if help_text:
        parts.append("helptext")
    if bound.errors:
        parts.append("error")
    return " ".join(f"{bound.auto_id}_{part}" for part in parts)


@register.inclusion_tag("core/parts/error_summary.html")
def error_summary(*all_forms: BaseForm) -> dict[str, Any]:
    """At the top of a page shown again: all that is to be looked at, each a link to its field."""
    general = [str(error) for form in all_forms for error in form.non_field_errors()]
    linked = [(str(bound.auto_id), text) for form in all_forms for bound in form for text in _errors(bound)]
    return {"general": general, "linked": linked, "count": len(general) + len(linked)}


@register.simple_tag(takes_context=True)
def place(context: Context, path: str, picture: str, words: str, *, alone: bool = False) -> SafeString:
    """One place of the navigation; the one where the reader stands is marked. `alone`: not for the places under it."""
    request = context.get("request")
    here = request is not None and (request.path == path or (not alone and request.path.startswith(path)))
    return format_html(
        '<li><a class="place" href="{}"{}>{}<span>{}</span></a></li>',
        lien(context, path),
        SafeString(' aria-current="page"') if here else "",
        icon(picture),
        words,
    )


@register.simple_tag(takes_context=True)
def home(context: Context) -> str:
    """The address of the reader's own summary: a cooperative's, the years once served, an AD's, the federation's."""
    request = context.get("request")
    if getattr(getattr(request, "actor", None), "former", False):
        return "/annees-servies/"
    if getattr(request, "cooperative", None) is not None:
        return lien(context, "/accueil/")
    if getattr(request, "association", None) is not None:
        return "/ad/"
    return "/federation/" if getattr(request, "federation", None) is not None else "/"


@register.inclusion_tag("core/parts/back_to_book.html", takes_context=True)
def back_to_book(context: Context) -> dict[str, Any]:
    """« Retour au cahier de comptabilité », with the sort and filter last seen (`cahier_url`, or the browser's memory)."""
    return {"cahier_url": context.get("cahier_url", ""), "cahier_link": lien(context, "/cahier/")}
