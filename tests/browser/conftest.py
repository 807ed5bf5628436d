"""A real Chromium (Debian's), and served sites to visit.

`empty_site`: a migrated, empty base, shared by the tests of a process.
`page`: a fresh context at desk size, French, closed after the test; an uncaught
script error or a console error fails the test.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.server import Server, live_server_process

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the process."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = os.environ.get("RETKOOP_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert program, "Chromium is not installed (Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new visitor on a desk."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    visitor = context.new_page()
    thrown: list[str] = []
    visitor.on("pageerror", lambda error: thrown.append(str(error)))
    yield visitor
    context.close()
    assert thrown == []


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory, worker_database: dict[str, str]) -> Iterator[Server]:
    """A served, migrated base without any federation."""
    data: Path = tmp_path_factory.mktemp("empty") / "data"
    data.mkdir()
    with live_server_process(data, env={**worker_database, "RETKOOP_ENV": "local"}) as server:
        yield server
