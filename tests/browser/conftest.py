"""A real Chromium (Debian's), and served sites to visit.

`teacher`: a newcomer at desk size, French, watched (tests/browser/teacher.py);
`desk`: the same, with a book of their own, already logged in; both are played
with and without JavaScript when the test takes `script`. `school`: the site
that they visit. `page`: a bare page for what needs no site.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright

from tests import databases, postgres
from tests.browser.chromium import FLAGS, program
from tests.browser.school import Account, School, served_school
from tests.browser.teacher import Teacher
from tests.server import Server, live_server_process


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the process."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in the tests' own thread
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new visitor on a desk."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    visitor = context.new_page()
    thrown: list[str] = []
    visitor.on("pageerror", lambda error: thrown.append(str(error)))
    yield visitor
    context.close()
    assert thrown == []


@pytest.fixture(scope="session")
def empty_site(django_db_setup: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A served, migrated base without any federation."""
    data: Path = tmp_path_factory.mktemp("empty") / "data"
    data.mkdir()
    name, env = copied(django_db_setup, data, "empty")
    with live_server_process(data, env={**env, "RETKOOP_ENV": "local"}) as server:
        yield server
    databases.drop(name)


def copied(template: str, data: Path, kind: str) -> tuple[str, dict[str, str]]:
    """A copy of the migrated database for a site of this process: its name, how another process opens it."""
    sqlite = connection.vendor == "sqlite"
    name = str(data / "retkoop.sqlite3") if sqlite else f"{kind}_{os.getpid()}"
    databases.copy(template, name)
    return name, {} if sqlite else {"RETKOOP_DATABASE_URL": postgres.address(*databases.server(), name)}


@pytest.fixture(scope="session")
def school(django_db_setup: str, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The site of the made-up federation, shared by the tests of a process; each makes its own cooperative."""
    data: Path = tmp_path_factory.mktemp("school") / "data"
    data.mkdir()
    name, env = copied(django_db_setup, data, "school")
    with served_school(name, data, env, django_db_blocker) as site:
        yield site
    databases.drop(name)


Come = Callable[..., Teacher]


@pytest.fixture
def come(browser: Browser, school: School) -> Iterator[Come]:
    """`come(account=None, script=True, width=1280)`: a teacher at the site, logged in when an account is given."""
    with ExitStack() as stack:
        present: list[Teacher] = []

        def arrive(account: Account | None = None, *, script: bool = True, width: int = 1280, height: int = 900) -> Teacher:
            context = browser.new_context(
                locale="fr-FR",
                viewport={"width": width, "height": height},
                java_script_enabled=script,
                accept_downloads=True,
                reduced_motion="reduce",
            )
            context.set_default_timeout(8_000)
            stack.callback(context.close)
            teacher = Teacher(context, school.url)
            present.append(teacher)
            if account is not None:
                teacher.enter(school.session_key(account))
            return teacher

        yield arrive
    assert [trouble for teacher in present for trouble in teacher.troubles] == []


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def script(request: pytest.FixtureRequest) -> bool:
    """The test is played twice."""
    return bool(request.param)
