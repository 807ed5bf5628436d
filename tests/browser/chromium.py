"""The machine's Chromium and how it is started: quiet, asking nothing of other hosts."""

import os
import shutil

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def program() -> str:
    """The path of Debian's Chromium (without a window it needs a third less), or of the one that `RETKOOP_CHROMIUM` names."""
    found = os.environ.get("RETKOOP_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "Chromium is not installed (Debian: apt-get install chromium)"
    return found
