"""Put French spaces into the messages of modules and into templates: `python scripts/typeset.py [--check]`.

A message is a string literal that has an accented letter, a ’ or a «, or that
begins like a sentence and has a space before : ; ! or ?; it is no docstring.
A narrow no-break space goes before ; : ! ? and inside « », a no-break space
before €. In a template: the text between tags, the attributes
that are shown or read, the sentences given to an include. With `--check` the files are only listed (exit 1).
"""

import ast
import io
import re
import sys
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "retkoop"
NARROW, HARD = "\u202f", "\u00a0"
FRENCH = re.compile("[À-ÖØ-öø-ÿŒœ’«»]| €|[\"'][A-Z][a-z]+ [^\"']* [:;!?]")
SPACES = (
    (re.compile(r" (?=[;:!?](?:[\s)\"']|\\n|\.|$))"), NARROW),
    (re.compile("(?<=«)[ \u00a0]"), NARROW),
    (re.compile("[ \u00a0](?=»)"), NARROW),
    (re.compile(" (?=€)"), HARD),
)


def typeset(source: str) -> str:
    """The same module, its messages typeset."""
    lines = source.splitlines(keepends=True)
    described = _docstring_lines(source)
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.STRING and FRENCH.search(token.string) and token.start not in described
    ]
    for token in reversed(tokens):
        if token.start[0] != token.end[0]:
            continue
        row, start, end = token.start[0] - 1, token.start[1], token.end[1]
        lines[row] = lines[row][:start] + _spaced(token.string) + lines[row][end:]
    return "".join(lines)


def _spaced(literal: str) -> str:
    for pattern, space in SPACES:
        literal = pattern.sub(space, literal)
    return literal


def _docstring_lines(source: str) -> set[tuple[int, int]]:
    """Where the docstrings begin: they are English, and may quote French as it is typed."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found.add((node.value.lineno, node.value.col_offset))
    return found


TEMPLATE_PARTS = re.compile(r"({%.*?%}|{{.*?}}|{#.*?#}|<script.*?</script>|<style.*?</style>|<[^>]*>)", re.DOTALL)
SHOWN = re.compile(r'((?:alt|aria-label|aria-description|placeholder|title|data-confirm)=")([^"]*)(")')
SENTENCES = re.compile(r'((?:sentence|title|words|label|hint|help)=")([^"]*)(")')
APOSTROPHE = re.compile("(?<=[A-Za-zÀ-ÿ])'(?=[A-Za-zÀ-ÿ])")


def typeset_template(source: str) -> str:
    """The same template, its prose typeset."""
    parts = TEMPLATE_PARTS.split(source)
    for index, part in enumerate(parts):
        if index % 2 == 0:
            parts[index] = _spaced(APOSTROPHE.sub("’", part))
        elif part.startswith("<") and not part.startswith(("<script", "<style")):
            parts[index] = SHOWN.sub(_attribute, part)
        elif part.startswith("{%"):
            parts[index] = SENTENCES.sub(_attribute, part)
    return "".join(parts)


def _attribute(found: "re.Match[str]") -> str:
    return found[1] + _spaced(APOSTROPHE.sub("’", found[2])) + found[3]


def main() -> int:
    """Typeset every module of the package outside its tests and every template, or list those that need it."""
    check = "--check" in sys.argv[1:]
    wrong = []
    for file in sorted(PACKAGE.rglob("*.py")):
        # a help text is part of the schema; a terminal wants plain spaces
        if {"tests", "migrations", "models", "models.py", "config"} & set(file.parts):
            continue
        source = file.read_text(encoding="utf-8")
        if (done := typeset(source)) != source:
            wrong.append(file)
            if not check:
                file.write_text(done, encoding="utf-8")
    for file in sorted(PACKAGE.rglob("templates/**/*.html")):
        source = file.read_text(encoding="utf-8")
        if (done := typeset_template(source)) != source:
            wrong.append(file)
            if not check:
                file.write_text(done, encoding="utf-8")
    sys.stdout.write("".join(f"{file.relative_to(PACKAGE.parent)}\n" for file in wrong))
    return 1 if check and wrong else 0


if __name__ == "__main__":
    sys.exit(main())
