"""`make test`: every check, on SQLite and on PostgreSQL, with the time that each step took.

`--only NAME` (repeatable) runs the steps whose name begins so; `--prove` runs
the long proofs at the acceptance sizes. What the tests need and the machine
lacks (Chromium, PostgreSQL) is installed from Debian packages when we are
root; else the run fails and says what to install. Nothing is skipped silently.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import postgres
from tests.browser import chromium
from tests.server import ROOT
from tests.shared import SHARED

BIN = Path(sys.executable).parent
WORKERS = ("-n", "2", "--dist", "worksteal")
COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped|deselected|xfailed|xpassed)\b")


@dataclass(frozen=True)
class Step:
    """A named command; `database` says on which engine it runs, `needs` which program of the machine."""

    name: str
    command: tuple[str, ...]
    database: str = "sqlite"
    tested: bool = False
    env: dict[str, str] = field(default_factory=dict)


def pytest(*arguments: str) -> tuple[str, ...]:
    """A pytest run by this environment's own interpreter."""
    return (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments)


def steps(*, prove: bool) -> list[Step]:
    """Everything, in the order in which a defect is cheapest to learn."""
    lint = [
        Step("lint: formatter", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
        Step("lint: rules", (str(BIN / "ruff"), "check", "--quiet", ".")),
        Step("lint: rooms", (str(BIN / "lint-imports"), "--no-cache")),
        Step("lint: types", (str(BIN / "mypy"), "retkoop")),
        Step("lint: migrations", (sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")),
    ]
    sizes = {"RETKOOP_PROVE": "1"} if prove else {}
    # What touches no database was played on SQLite: on PostgreSQL it would be the very same test.
    again = (*WORKERS, "-m", "not browser", "--only-database")
    # A journey without script asks the same statements: here SQLite is enough for it.
    scripted = () if prove else ("-k", "not without-script")
    tests = [
        Step("tests on SQLite", pytest(*WORKERS, "-m", "not browser"), "sqlite", tested=True, env=sizes),
        Step("tests on PostgreSQL", pytest(*again), "postgresql", tested=True, env=sizes),
        Step("browser on SQLite", pytest(*WORKERS, "-m", "browser"), "sqlite", tested=True, env=sizes),
        Step("browser smoke on PostgreSQL", pytest("-m", "browser and smoke", *scripted), "postgresql", tested=True, env=sizes),
    ]
    return [*lint, *tests]


def missing_packages() -> list[str]:
    """Debian packages without which the tests cannot run."""
    lacking = []
    if not any(shutil.which(name) for name in chromium.NAMES):
        lacking.append("chromium")
    if postgres.binaries() is None:
        lacking.append("postgresql")
    return lacking


def provide() -> str:
    """Install what is lacking; an empty text, or the sentence that says what to do by hand.

    Chromium without a window (`chromium-headless-shell`) is a third lighter: it is put beside the other where it can be.
    """
    lacking = missing_packages()
    lighter = [] if shutil.which(chromium.NAMES[0]) else [chromium.NAMES[0]]
    advice = f"The tests need {' and '.join(lacking)}: install them (Debian: apt-get install {' '.join(lacking)})."
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0 or not (lacking or lighter):
        return advice if lacking else ""
    print(f"Installing {', '.join([*lacking, *lighter])}", flush=True)
    _apt(apt, "update", "-qq")
    for packages in ([name for name in lacking if name != "chromium"], lighter):
        if packages:
            _apt(apt, "install", "-qq", "-y", "--no-install-recommends", *packages)
    if "chromium" in missing_packages():
        _apt(apt, "install", "-qq", "-y", "--no-install-recommends", "chromium")
    return advice if missing_packages() else ""


def _apt(*command: str) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=False, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def run(step: Step, database_url: str, counted: Counter[str]) -> bool:
    """Run one step; its output is shown when it fails, its counts when it tests."""
    env = {**os.environ, **step.env, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    env.pop("RETKOOP_DATABASE_URL", None)
    if step.database == "postgresql":
        env["RETKOOP_DATABASE_URL"] = database_url
    begun = time.monotonic()
    done = subprocess.run(
        step.command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - begun
    found: Counter[str] = Counter()
    for line in done.stdout.splitlines()[-3:] if step.tested else ():
        for number, word in COUNTED.findall(line):
            found[word.rstrip("s")] += int(number)
    good = done.returncode == 0 and not (step.tested and not found["passed"])
    counted.update(found)
    detail = ", ".join(f"{number} {word}" for word, number in found.items())
    print(f"{'ok    ' if good else 'FAILED'} {step.name:<28} {seconds:6.1f} s  {detail}", flush=True)
    if not good:
        print(done.stdout[-12_000:], done.stderr[-4_000:], flush=True)
    return good


def main() -> int:
    """Exit code 0 when every step is good; the last line counts the tests."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--prove", action="store_true")
    options = parser.parse_args()
    begun = time.monotonic()
    chosen = [s for s in steps(prove=options.prove) if not options.only or any(s.name.startswith(o) for o in options.only)]
    if any(step.tested for step in chosen):
        advice = provide()
        if advice:
            print(advice, file=sys.stderr)
            return 1
    counted: Counter[str] = Counter()
    good = True
    with ExitStack() as stack:
        url = ""
        # The migrated database and the demo are made once for all steps.
        os.environ[SHARED] = stack.enter_context(tempfile.TemporaryDirectory(prefix="retkoop-shared-"))
        if any(step.database == "postgresql" for step in chosen):
            url = stack.enter_context(postgres.cluster())
        for step in chosen:
            good = run(step, url, counted) and good
    failed = counted["failed"] + counted["error"]
    print(f"{'all good' if good else 'something FAILED'} in {time.monotonic() - begun:.0f} s")
    if counted:
        skipped = f", {counted['skipped']} skipped" if counted["skipped"] else ""
        print(f"{counted['passed']} passed, {failed} failed{skipped}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
