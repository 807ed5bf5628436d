"""`make screenshots`: take the pictures of the guide and of the README again, from the demo on a fixed day.

A demo is built in a throw-away folder (`RETKOOP_DATA` names one to keep and
reuse), served, and looked at by Chromium. The pictures are reduced to few
colours: the whole guide stays light.
"""

import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import FLAGS, program  # noqa: E402
from tests.server import live_server_process  # noqa: E402

DAY = "2026-10-15"
PASSWORD = "demo-retkoop-2026"
GUIDE, README = ROOT / "docs" / "guide" / "images", ROOT / "docs" / "picture.png"
WIDTH, COLOURS, MOST_BYTES = 1280, 200, 120_000


def entry(page: Page) -> None:
    """An expense half typed, with something left to spread."""
    page.goto("/ecritures/nouvelle/?je=complet")
    for label, text in (
        ("Date", "14/10/2026"), ("Libellé", "Cotisation à l’OCCE"), ("Sortie banque", "174,50"),
        ("6281 Cotisation OCCE", "150,00"), ("6168 Assurances", "15,00"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Libellé", exact=True).press("Tab")


def statement(page: Page) -> None:
    """The last statement of the running year."""
    page.goto("/pointage/")
    page.locator(".statement-list a").last.click()
    page.wait_for_load_state()


def count(page: Page) -> None:
    """A cash count, its total compared with the book."""
    page.goto("/caisse/")
    for words, number in (("Billet de 50\xa0€", "1"), ("Billet de 20\xa0€", "2"), ("Pièce de 2\xa0€", "8")):
        page.get_by_label(words, exact=True).fill(number)


def receipt(page: Page) -> None:
    """An entry of last year with its receipt."""
    page.goto("/cahier/?annee=2025-2026")
    page.get_by_role("link", name="joint", exact=True).first.click()
    page.wait_for_load_state()


def at(path: str) -> Callable[[Page], object]:
    """Simply that address."""
    return lambda page: page.goto(path)


PICTURES: tuple[tuple[str, str, Callable[[Page], object], int], ...] = (
    ("accueil", "085-099", at("/accueil/"), 860),
    ("ecriture", "085-099", entry, 900),
    ("cahier", "085-099", at("/cahier/"), 860),
    ("pointage", "085-099", statement, 860),
    ("caisse", "085-099", count, 900),
    ("subventions", "085-099", at("/subventions/"), 820),
    ("bilan", "085-099", at("/bilan/?annee=2025-2026"), 900),
    ("cloture", "085-101", at("/cloture/?annee=2025-2026"), 860),
    ("justificatif", "085-099", receipt, 900),
)


def save(shot: bytes, target: Path) -> None:
    """Write it with few colours. Raises ValueError when it is still too heavy."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    if len(buffer.getvalue()) > MOST_BYTES:
        message = f"{target.name}: {len(buffer.getvalue())} bytes, more than {MOST_BYTES}"
        raise ValueError(message)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(buffer.getvalue())
    print(f"{target.relative_to(ROOT)}  {len(buffer.getvalue()) // 1000} kB", flush=True)


def take(url: str) -> None:
    """Every picture, each cooperative logged in once."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program(), args=[*FLAGS, "--lang=fr-FR"], env={**os.environ, "LANGUAGE": "fr"}
        )
        pages: dict[str, Page] = {}
        for name, who, show, height in PICTURES:
            if who not in pages:
                context = chromium.new_context(base_url=url, locale="fr-FR", reduced_motion="reduce")
                pages[who] = context.new_page()
                pages[who].goto("/connexion/")
                pages[who].get_by_label("Identifiant").fill(who)
                pages[who].get_by_label("Mot de passe").fill(PASSWORD)
                pages[who].get_by_role("button", name="Se connecter").click()
                pages[who].wait_for_url("**/accueil/")
            page = pages[who]
            page.set_viewport_size({"width": WIDTH, "height": height})
            show(page)
            page.wait_for_load_state("networkidle")
            shot = page.screenshot()
            save(shot, GUIDE / f"{name}.png")
            if name == "cahier":
                save(shot, README)
        chromium.close()


def main() -> int:
    """Serve a demo and take the pictures."""
    with tempfile.TemporaryDirectory(prefix="retkoop-pictures-") as folder:
        data = Path(os.environ.get("RETKOOP_DATA") or folder) / "demo"
        data.mkdir(parents=True, exist_ok=True)
        env = {"RETKOOP_ENV": "demo", "RETKOOP_TODAY": DAY}
        with live_server_process(data, env=env, seconds=600) as server:
            take(server.url)
    return 0


if __name__ == "__main__":
    sys.exit(main())
