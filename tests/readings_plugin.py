"""What a reader said of a file, kept: the same bytes are opened once by a process of tests, in its sandbox, as ever.

A reading is a child process, a fifth of a second; the tests hand in the same
few pictures hundreds of times. The next time, the same answer and the same
files are given. The tests of the readers themselves (READERS) and the long
proof read anew each time.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from retkoop.documents import services

PROVE = os.environ.get("RETKOOP_PROVE") == "1"
READERS = tuple(f"retkoop/documents/tests/test_{what}" for what in ("reducing", "hostile_files", "cut_uploads"))
MOST = 2**20  # bytes of the files of one reading that are kept
Jobs = list[dict[str, Any]]
_kept: dict[str, tuple[bytes, list[bytes]]] = {}
_really: Callable[[str, Jobs], bytes] = services.run_reader


def targets(jobs: Jobs) -> Iterator[Path]:
    """The files that the reader is asked to write."""
    for job in jobs:
        named = [job.get("original"), job.get("copy"), *job.get("pages", {}).values()]
        yield from (Path(path) for path in named if path)


def asked(module: str, jobs: Jobs) -> str:
    """The reader, what it is asked, and every byte that it is given: two readings of one name say the same."""
    told = hashlib.sha256(module.encode())
    for job in jobs:
        sources = [job["source"]] if "source" in job else job["sources"]
        digests = [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in sources]
        told.update(json.dumps([job["op"], sorted(job), digests, sorted(job.get("pages", ()))]).encode())
    return told.hexdigest()


def reading(module: str, jobs: Jobs) -> bytes:
    """The reader's answer; the files that it was asked for are written."""
    name = asked(module, jobs)
    if name not in _kept:
        answer = _really(module, jobs)
        files = list(targets(jobs))
        if all(path.is_file() for path in files) and sum(path.stat().st_size for path in files) <= MOST:
            _kept[name] = answer, [path.read_bytes() for path in files]
        return answer
    answer, contents = _kept[name]
    for path, content in zip(targets(jobs), contents, strict=True):
        path.write_bytes(content)
    return answer


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    anew = PROVE or item.nodeid.startswith(READERS)
    services.run_reader = _really if anew else reading
