"""A teacher in front of the site: finds things by the words on screen, and counts what they do.

A click, a tap, a burst of typing, a choice, a dropped file count one each.
Whatever the pages do behind their back is watched: an error in the console, a
blocked resource, a request to another host, a missing file, an answer of 500
or more ends the test (`assert teacher.troubles == []`, by the fixture).
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Download, Locator, Page, Request, Response, expect

from tests.browser.school import Account

STATUS = re.compile(r"Failed to load resource: the server responded with a status of \d+")
THIN, HARD = "\u202f", "\u00a0"


def euros(cents: int) -> str:
    """As the pages write it: « −1 234,50 € »."""
    whole = f"{abs(cents) // 100:,}".replace(",", THIN)
    return f"{'−' if cents < 0 else ''}{whole},{abs(cents) % 100:02d}{HARD}€"


def _begins(words: str) -> re.Pattern[str]:
    return re.compile(r"^\s*" + re.escape(words))


class Teacher:
    """One person, one browser context, one page in view."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.interactions = 0
        self.troubles: list[str] = []
        self.context.on("page", self._watch)
        self.page = context.new_page()

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url} script: {error} {error.stack}"))
        page.on("console", self._hear)
        page.on("request", self._see)
        page.on("response", self._judge)
        page.on("requestfailed", self._miss)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not STATUS.match(message.text):
            self.troubles.append(f"console: {message.text}")

    def _see(self, request: Request) -> None:
        if request.url.startswith(("http:", "https:", "ws")) and urlsplit(request.url).netloc != urlsplit(self.url).netloc:
            self.troubles.append(f"another host: {request.url}")

    def _judge(self, answer: Response) -> None:
        fetched = answer.request.resource_type != "document" and answer.status not in {409, 422}
        if answer.status >= 500 or (answer.status >= 400 and fetched):
            self.troubles.append(f"{answer.status}: {answer.request.method} {answer.url}")

    def _miss(self, request: Request) -> None:
        if request.resource_type in {"stylesheet", "script", "font"} and request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"{request.failure}: {request.url}")

    # -- coming in

    def open(self, path: str) -> None:
        """Type an address; not counted, nobody does it."""
        self.page.goto(self.url + path)

    def enter(self, key: str) -> None:
        """Begin as somebody who has logged in."""
        self.context.add_cookies([{"name": "sessionid", "value": key, "url": self.url, "httpOnly": True, "sameSite": "Lax"}])

    def log_in(self, account: Account, password: str) -> None:
        """By the form, as on the first page of the guides."""
        self.open("/connexion/")
        self.type("Identifiant", account.identifier)
        self.type("Mot de passe", password)
        self.press("Se connecter")

    # -- doing

    def follow(self, words: str, inside: Locator | None = None) -> None:
        """Click the link that begins so."""
        self._count()
        (inside or self.page).get_by_role("link", name=_begins(words)).first.click()

    def press(self, words: str, inside: Locator | None = None) -> None:
        """Click the button that begins so."""
        self._count()
        (inside or self.page).get_by_role("button", name=_begins(words)).first.click()

    def type(self, label: str, text: str) -> None:
        """Fill the field of that label."""
        self._count()
        self.field(label).fill(text)

    def choose(self, label: str, words: str) -> None:
        """Choose in a list."""
        self._count()
        self.field(label).select_option(label=words)

    def tick(self, label: str, *, on: bool = True) -> None:
        """Tick or untick the box of that label."""
        self._count()
        self.page.get_by_label(label).first.set_checked(on)

    def drop(self, label: str, *files: Path) -> None:
        """Choose files."""
        self._count()
        self.page.get_by_label(label).first.set_input_files(list(files))

    def download(self, words: str) -> Download:
        """Click the link that gives a file."""
        with self.page.expect_download() as waiting:
            self.follow(words)
        return waiting.value

    def read(self, words: str) -> bytes:
        """Open the link to a file that the browser would show, and take its bytes."""
        self._count()
        link = self.page.get_by_role("link", name=_begins(words)).first
        answer = self.context.request.get(self.url + (link.get_attribute("href") or ""))
        assert answer.status == 200
        return answer.body()

    def _count(self) -> None:
        self.interactions += 1

    # -- seeing

    def field(self, label: str) -> Locator:
        """The field of exactly that label, among those on screen."""
        return self.page.get_by_label(label, exact=True).first

    def sees(self, words: str | re.Pattern[str]) -> None:
        """The words are on the page, whatever spaces they are written with."""
        expect(self.page.locator("main").first).to_contain_text(words)

    def sees_title(self, words: str) -> None:
        """The page is the one of that title."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(words)

    def cents(self, selector: str) -> int:
        """The exact amount that an element shows."""
        return int(self.page.locator(selector).first.get_attribute("data-cents") or "")
