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


def program() -> str:
    """The path of Debian's Chromium, or of the one that `RETKOOP_CHROMIUM` names."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("RETKOOP_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert found, "Chromium is not installed (Debian: apt-get install chromium)"
    return found
