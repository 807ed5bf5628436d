"""Readings of the project's own files for the architecture test: each finder lists what breaks a rule."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = {".py", ".html", ".txt", ".md", ".css", ".js", ".json", ".toml", ".typ", ".sql", ".csv", ".svg", ".cfg", ".ini", ""}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project, relative to its root: what git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return tuple(sorted(Path(name) for name in set(listed) if (ROOT / name).is_file()))


def read(path: Path) -> str:
    """The file's text; cp1252 fixtures included."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def is_code(path: Path) -> bool:
    """Our own Python, migrations apart."""
    return path.suffix == ".py" and "migrations" not in path.parts


def is_product(path: Path) -> bool:
    """Python of the package itself, tests apart."""
    return is_code(path) and path.parts[0] == "retkoop" and "tests" not in path.parts


def is_screen(path: Path) -> bool:
    """A module of views, forms or API, or of a package of that name."""
    names = {"views", "forms", "api"}
    return is_product(path) and (path.stem in names or bool(names & set(path.parts)))


def is_model(path: Path) -> bool:
    """A module of models."""
    return is_product(path) and (path.stem == "models" or "models" in path.parts)


def is_money(path: Path) -> bool:
    """A module where amounts are reckoned, written or read."""
    return is_product(path) and (path.parts[1] in {"ledger", "interchange"} or path.stem == "money")


def is_template(path: Path) -> bool:
    """An HTML template."""
    return path.suffix == ".html"


def is_shown(path: Path) -> bool:
    """Code and templates."""
    return is_code(path) or is_template(path)


def no_cli(path: Path) -> bool:
    """The package but its command line, which imports Django late on purpose."""
    return is_product(path) and path.parts[:3] != ("retkoop", "config", "cli")


def no_clock(path: Path) -> bool:
    """The package but the one clock."""
    return is_product(path) and path != Path("retkoop/core/clock.py")


def is_text(path: Path) -> bool:
    """A text file that people wrote; the locked lists are only hashes."""
    return path.suffix in TEXTS


def longer_than(limit: int) -> Callable[[str], list[str]]:
    """Files of more lines than the limit."""

    def find(text: str) -> list[str]:
        count = len(text.splitlines())
        return [f"{count} lines, at most {limit}"] if count > limit else []

    return find


def long_functions(text: str) -> list[str]:
    """Functions of more than 70 lines."""
    return [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines, at most 70"
        for node in _functions(text)
        if node.end_lineno - node.lineno + 1 > 70
    ]


def matching(pattern: str, flags: int = 0) -> Callable[[str], list[str]]:
    """Lines where the pattern occurs."""
    compiled = re.compile(pattern, flags)

    def find(text: str) -> list[str]:
        return [f"line {text.count(chr(10), 0, m.start()) + 1}: {m.group(0).strip()[:60]}" for m in compiled.finditer(text)]

    return find


def overrides(text: str) -> list[str]:
    """Classes that redefine save or delete."""
    tree = ast.parse(text)
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return [
        f"{owner.name}.{item.name}"
        for owner in classes
        for item in owner.body
        if isinstance(item, ast.FunctionDef) and item.name in {"save", "delete", "bulk_create"}
    ]


def late_imports(text: str) -> list[str]:
    """Imports inside functions."""
    found = []
    for function in _functions(text):
        inner = [n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]
        found.extend(f"line {node.lineno}: import in {function.name}" for node in inner)
    return found


def machine_dates(text: str) -> list[str]:
    """Questions to the machine's clock that do not go through `core.clock`."""
    asked = {"today", "now", "utcnow", "localdate", "localtime"}
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in asked:
            owner = ast.unparse(node.func.value)
            if owner.split(".")[-1] in {"date", "datetime", "timezone"}:
                found.append(f"line {node.lineno}: {owner}.{node.func.attr}()")
    return found


def floats(text: str) -> list[str]:
    """Floats named or written."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"line {node.lineno}: {node.value}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            found.append(f"line {node.lineno}: float(…)")
    return found


def _functions(text: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@dataclass(frozen=True)
class Rule:
    """A rule of the house: which files it reads, what breaks it, and a text that must be caught."""

    name: str
    scope: Callable[[Path], bool]
    find: Callable[[str], list[str]]
    planted: str


def broken(rule: Rule, paths: Iterable[Path]) -> list[str]:
    """« path: what breaks the rule », for each place."""
    return [f"{path}: {what}" for path in paths if rule.scope(path) for what in rule.find(read(path))]
