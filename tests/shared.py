"""What the processes of a test run share: migrated databases and demos, made by the first who asks.

`tests/run.py` names one folder for all of its steps; else it is that of the run.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

SHARED = "RETKOOP_TEST_SHARED"


def shared(base: Path) -> Path:
    """The shared folder; `base` is a process's own temporary folder."""
    told = os.environ.get(SHARED)
    return Path(told) if told else base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def once(folder: Path, make: Callable[[], None]) -> None:
    """Make `folder` and what stands in it, unless it is made; the others wait."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            folder.mkdir()
            make()
            (folder / "done").touch()
