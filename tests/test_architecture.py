"""The rules of the house (docs/architecture.md), read from the files, the models and the addresses.

Each rule is tried twice: on the tree, where nothing may break it, and on a
planted defect, which it must catch.
"""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from retkoop.identity.permissions import FORMER, GRANTS, Permission
from tests import source
from tests.source import ROOT, Rule

HOSTS = ("py" + "pi.", "python" + "hosted", "npm" + "js", "registry" + ".")
PLACES = ("/wor" + "k/", "/ro" + "ot/", "/op" + "t/py")
PROMISES = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "à ve" + "nir", "bientôt dis" + "ponible", "NotImplemented" + "Error")
SIGNALS = r"@receiver|django\.dispatch|db\.models\.signals|core\.signals|signals\.\w+\.connect"
INLINE = r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"'{]|hx-on|<script(?![^>]*\ssrc=)[^>]*>\s*[^\s<]|<style|javascript:"

RULES = (
    Rule("modules have at most 400 lines", source.is_code, source.longer_than(400), "x = 1\n" * 401),
    Rule("functions have at most 70 lines", source.is_code, source.long_functions, "def f():\n" + "    x = 1\n" * 70),
    Rule("templates have at most 150 lines", source.is_template, source.longer_than(150), "<p>\n" * 151),
    Rule("settings have at most 300 lines", lambda p: p.name == "settings.py", source.longer_than(300), "x = 1\n" * 301),
    Rule("screens start from the tenant", source.is_screen, source.matching(r"\.objects\b"), "Entry.objects.get(pk=1)"),
    Rule("no signals", source.is_product, source.matching(SIGNALS), "@receiver(post_save)\ndef f(): ..."),
    Rule("models keep Django's save", source.is_model, source.overrides, "class A:\n    def save(self): ..."),
    Rule("imports stand at the top", source.no_cli, source.late_imports, "def f():\n    import os"),
    Rule("one clock", source.no_clock, source.machine_dates, "x = dt.date.today()"),
    Rule("no float near money", source.is_money, source.floats, "x = 0.5 * float(cents)"),
    Rule("no inline script or style", source.is_template, source.matching(INLINE, re.I), '<p style="color:red">'),
    Rule("no inline in built HTML", source.is_product, source.matching(r"<\w+[^>]*\s(style|on[a-z]+)=", re.I), "<p style=x>"),
    Rule("no promise", source.is_shown, source.matching("|".join(rf"\b{p}\b" for p in PROMISES)), f"# {PROMISES[0]}: later"),
    Rule(
        "no package host and no place of a machine",
        source.is_text,
        source.matching("|".join(re.escape(word) for word in (*HOSTS, *PLACES)) + r"|https?://[^/\s]*\bfiles\."),
        f"see {PLACES[0]}x",
    ),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_file_breaks_a_rule_of_the_house(rule):
    assert source.broken(rule, source.tracked()) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_catches_a_planted_defect(rule):
    assert len(rule.find(rule.planted)) == 1 or rule.find is source.floats
    assert rule.find(rule.planted) != []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_reads_at_least_one_file(rule):
    scoped = [path for path in source.tracked() if rule.scope(path)]
    assert scoped != []


def _layers() -> dict[str, int]:
    """The rank of each room, 0 at the bottom."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    ranked = enumerate(reversed(layers))
    return {room.strip(): rank for rank, layer in ranked for room in layer.split("|")}


def test_every_relation_points_down_or_stays_in_its_room():
    ranks = _layers()
    upwards = []
    for model in apps.get_models():
        room = model._meta.app_label
        if not model.__module__.startswith("retkoop."):
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField):
                continue
            other = field.related_model._meta.app_label
            if other not in ranks or (other != room and ranks[other] >= ranks[room]):
                upwards.append(f"{model.__name__}.{field.name} -> {other}")
    assert upwards == []


def test_every_room_stands_in_the_contract_and_no_other():
    rooms = {path.parent.name for path in (ROOT / "retkoop").glob("*/__init__.py")}
    assert set(_layers()) == rooms


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[tuple[str, object]]:
    found = []
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found.extend(_views(pattern.url_patterns, address))
        else:
            found.append((address, pattern.callback))
    return found


def test_every_address_names_a_known_permission():
    nameless = [
        address
        for address, view in _views(get_resolver().url_patterns)
        if not isinstance(getattr(view, "permission", None), Permission)
    ]
    assert nameless == []


def test_every_permission_but_the_public_one_is_granted_to_some_role():
    granted = frozenset().union(FORMER, *GRANTS.values())
    assert granted | {Permission.PUBLIC} == set(Permission)


def test_every_static_file_that_a_template_names_exists():
    named = re.compile(r"{%\s*static\s+[\"']([^\"']+)[\"']")
    wanted = {(path, name) for path in source.tracked() if path.suffix == ".html" for name in named.findall(source.read(path))}
    assert [f"{path}: {name}" for path, name in sorted(wanted) if finders.find(name) is None] == []


def test_the_static_files_can_be_gathered_named_and_compressed(settings, tmp_path):
    gathered = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": gathered}
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "static" / "staticfiles.json").is_file()
    assert [path for path in (tmp_path / "static").rglob("*.js.gz") if path.is_file()] != []


def test_style_sheets_and_scripts_stay_light():
    weights = {".css": 0, ".js": 0}
    for path in source.tracked():
        if "static" in path.parts and path.suffix in weights:
            weights[path.suffix] += (ROOT / path).stat().st_size
    htmx = finders.find("django_htmx/htmx-2.min.js")
    assert isinstance(htmx, str)
    assert weights[".css"] <= 60_000
    assert weights[".js"] + Path(htmx).stat().st_size <= 90_000
