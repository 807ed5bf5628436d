"""The guide's Markdown made HTML: no raw HTML, headings with ids, tables, pictures that may be missing.

A line `{{ image accueil | Ce que l’on voit }}` shows the picture when the
screenshot script has made it, and nothing at all otherwise. Words between
backquotes are the site's own buttons and fields.
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

IMAGE_LINE = re.compile(r"\{\{ image ([a-z]+) \| (.+) \}\}")
_PNG_SIZE = struct.Struct(">16xII")


@dataclass(frozen=True)
class Section:
    """A heading and the plain words under it; `anchor` is empty before the first heading."""

    title: str
    anchor: str
    text: str


@dataclass(frozen=True)
class Page:
    """A chapter's body, and its sections for the contents and the search."""

    html: SafeString
    sections: tuple[Section, ...]


def render(source: str, images: Path) -> Page:
    """The page of a chapter; `images` is the folder of the pictures."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("code_inline", _interface_word)
    tokens = _pictured(parser.parse(source), images)
    sections = _sections(tokens)
    anchors = iter([section.anchor for section in sections if section.anchor])
    for token in tokens:
        if token.type == "heading_open":
            token.attrSet("id", next(anchors))
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "table_open":
            token.attrSet("class", "table")
    html: str = parser.renderer.render(tokens, parser.options, {})
    return Page(mark_safe(html), sections)  # noqa: S308 - the parser escapes, and the source is ours


def anchor_of(title: str) -> str:
    """« Un chèque perdu ou trop vieux » → `un-cheque-perdu-ou-trop-vieux`."""
    return slugify(re.sub(r"[’'/]", " ", title))


def _interface_word(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    return format_html("<kbd>{}</kbd>", tokens[index].content)


def _pictured(tokens: list[Token], images: Path) -> list[Token]:
    """The same tokens, the paragraphs that name a picture made figures."""
    done: list[Token] = []
    skip_close = False
    for token in tokens:
        match = IMAGE_LINE.fullmatch(token.content) if token.type == "inline" else None
        if match:
            done[-1] = Token("html_block", "", 0, content=_figure(images / f"{match[1]}.png", match[2]))
            skip_close = True
        elif skip_close:
            skip_close = False
        else:
            done.append(token)
    return done


def _figure(file: Path, words: str) -> str:
    if not file.is_file():
        return ""
    with file.open("rb") as picture:
        width, height = _PNG_SIZE.unpack(picture.read(_PNG_SIZE.size))
    return format_html(
        '<figure class="capture"><img src="/aide/images/{}" alt="{}" width="{}" height="{}" loading="lazy"></figure>\n',
        file.name,
        words,
        width,
        height,
    )


def _sections(tokens: Sequence[Token]) -> tuple[Section, ...]:
    found: list[tuple[str, list[str]]] = [("", [])]
    in_heading = False
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            in_heading = token.type == "heading_open"
        elif token.type == "inline" and in_heading:
            found.append((_plain(token), []))
        elif token.type == "inline":
            found[-1][1].append(_plain(token))
    return tuple(Section(title, anchor_of(title), " ".join(words)) for title, words in found)


def _plain(token: Token) -> str:
    """The words of an inline token, without marks or addresses."""
    return "".join(" " if child.type == "softbreak" else child.content for child in token.children or [] if not child.hidden)
