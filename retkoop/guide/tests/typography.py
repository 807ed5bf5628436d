"""French typography, checked: the prose of a template or of a Markdown file, and what is wrong with it.

Prose is what a reader sees or hears: the text between tags and the few
attributes that are read aloud or shown. Code, addresses and template tags are
taken out first, so that only French is judged.
"""

import re
from html.parser import HTMLParser

SHOWN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "placeholder", "title", "data-confirm"}
UNREAD_ELEMENTS = {"script", "style"}

NARROW, HARD = "\u202f", "\u00a0"
LETTER = "[A-Za-zÀ-ÖØ-öø-ÿŒœ]"
RULES = {
    "an apostrophe is ’": re.compile(f"{LETTER}'{LETTER}"),
    "a narrow no-break space stands before ; : ! ?": re.compile(rf"[^{NARROW};:!?\s][;!?:](?=\s|$)|[ {HARD}\n][;:!?](?=\s|$)"),
    "a narrow no-break space follows «": re.compile(f"«(?!{NARROW})"),
    "a narrow no-break space stands before »": re.compile(f"(?<!{NARROW})»"),
    "quotation marks are « »": re.compile('"'),
    "a no-break space stands before €": re.compile(f"(?<![{HARD}(])€"),
    "an ellipsis is one sign": re.compile(r"\.\.\."),
}
ALONE = {"?", "€", "«", "»", ":"}


def faults(prose: str) -> list[str]:
    """What is wrong in a piece of prose, each with its surroundings."""
    text = prose.strip()
    if text in ALONE:
        return []
    return [
        f"{rule}: …{text[max(0, match.start() - 25) : match.end() + 15]}…"
        for rule, pattern in RULES.items()
        for match in pattern.finditer(text)
    ]


class _Prose(HTMLParser):
    """Gathers what is read; a block of text runs on through inline elements."""

    INLINE = frozenset(
        [
            "a",
            "abbr",
            "b",
            "bdi",
            "br",
            "code",
            "em",
            "i",
            "kbd",
            "mark",
            "output",
            "q",
            "small",
            "span",
            "strong",
            "sub",
            "sup",
            "time",
            "u",
            "var",
        ]
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = [""]
        self.unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unread += tag in UNREAD_ELEMENTS
        self.pieces += [value for name, value in attrs if name in SHOWN_ATTRIBUTES and value]
        self.pieces.append("" if tag not in self.INLINE else self._last_text(tag))

    def handle_endtag(self, tag: str) -> None:
        self.unread -= tag in UNREAD_ELEMENTS
        if tag not in self.INLINE:
            self.pieces.append("")

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.pieces[-1] += data

    def _last_text(self, tag: str) -> str:
        """Inline elements follow on: only the last sign before them matters."""
        return "" if tag == "br" else self.pieces[-1][-1:]


def template_prose(source: str) -> list[str]:
    """The pieces of prose of a Django template."""
    text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", source, flags=re.DOTALL)
    text = re.sub(r"\{% block \w*attributes %\}.*?\{% endblock %\}", "", text, flags=re.DOTALL)  # inside a parent's tag
    spoken = [
        literal
        for tag in re.findall(r"\{%.*?%\}|\{\{.*?\}\}", text, flags=re.DOTALL)
        for literal in re.findall(r'"([^"]*)"', tag)
        if re.search(f"{LETTER}[ '{NARROW}{HARD}]", literal)
    ]
    text = re.sub(r"\{%.*?%\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", "0", text, flags=re.DOTALL)
    parser = _Prose()
    parser.feed(text)
    parser.close()
    return [piece for piece in parser.pieces + spoken if piece.strip()]


def markdown_prose(source: str) -> list[str]:
    """The pieces of prose of a chapter: front matter's values, paragraphs, cells, items."""
    _, head, body = source.split("---\n", 2)
    pieces = [line.split(": ", 1)[1] for line in head.strip().splitlines()]
    for line in body.splitlines():
        text = re.sub(r"\]\([^)]*\)", "]", line)
        text = re.sub(r"^\{\{ image \w+ \| (.*) \}\}$", r"\1", text)
        text = re.sub(r"^(#+|-|\d+\.) ", "", text)
        text = re.sub(r"\*\*|[`\[\]]", "", text)
        pieces += [cell for cell in text.split("|") if cell.strip(" -:")]
    return pieces
