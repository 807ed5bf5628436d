"""A small keep-alive HTTP client on loopback, and the sums over its times (milliseconds)."""

import http.client
import os
import statistics
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

CSRF = "0123456789abcdef0123456789abcdef"
IDLE = 1.0


class Client:
    """One connection to 127.0.0.1 with a session cookie; refuses any other host by construction."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "Host": f"127.0.0.1:{port}"}
        self.used = time.monotonic()

    def get(self, path: str) -> tuple[int, bytes]:
        """The status and the body."""
        return self._ask("GET", path, None, self.headers)

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, bytes]:
        """The status and the body of a form post."""
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": CSRF, **fields})
        headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, headers)

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        if time.monotonic() - self.used > IDLE:  # the server closes what was idle while another loop was timed
            self.connection.close()
        self.connection.request(method, path, body, dict(headers))
        answer = self.connection.getresponse()
        told = answer.status, answer.read()
        self.used = time.monotonic()
        return told


@dataclass(frozen=True)
class Times:
    """Times of one loop, in milliseconds."""

    each: tuple[float, ...]

    @property
    def p50(self) -> float:
        return statistics.median(self.each)

    @property
    def p95(self) -> float:
        return sorted(self.each)[int(len(self.each) * 0.95)]


def repeat(work: Callable[[int], object], count: int, *, first: int = 0, warm: int = 3) -> Times:
    """Time `count` calls, after a few that are not counted."""
    for index in range(warm):
        work(first + index)
    times = []
    for index in range(count):
        start = time.perf_counter()
        work(first + warm + index)
        times.append((time.perf_counter() - start) * 1000)
    return Times(tuple(times))


def together(makers: list[Callable[[], Callable[[int], object]]], count: int, *, first: int = 0) -> tuple[Times, float, int]:
    """All clients at once, `count` calls each: times, calls a second, errors."""
    times: list[float] = []
    errors: list[Exception] = []
    works = [make() for make in makers]

    def run(rank: int) -> None:
        for index in range(count):
            start = time.perf_counter()
            try:
                works[rank](first + rank * count + index)
            except Exception as error:  # noqa: BLE001 - every failure counts as one
                errors.append(error)
            times.append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(len(works))]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Times(tuple(times)), len(times) / (time.perf_counter() - begin), len(errors)


def memory_mb(pid: int) -> float:
    """PSS of a process and of all its children, in MB."""
    kids: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            kids.setdefault(parent, []).append(int(entry.name))
    total, todo = 0, [pid]
    while todo:
        current = todo.pop()
        todo += kids.get(current, [])
        try:
            lines = Path(f"/proc/{current}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def cpu_reference() -> float:
    """Milliseconds of a fixed loop: a round in which it is slow is thrown away."""
    start = time.perf_counter()
    total = 0
    for index in range(300_000):
        total += index & 7
    return (time.perf_counter() - start) * 1000 if total and os.getpid() else 0.0
