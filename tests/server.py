"""A served site in a child process: what browser and kill tests talk to.

`live_server_process(data_dir)` serves a data folder that the caller prepared
(usually a copy of a template, see the root conftest) with `retkoop serve`.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "RETKOOP_DATABASE_URL")


def environment(data_dir: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a `retkoop` process needs, and nothing else of ours."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**kept, "RETKOOP_DATA": str(data_dir), "PYTHONPATH": str(ROOT), **(extra or {})}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def retkoop(*arguments: str, data_dir: Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one `retkoop` command to its end; its output and exit code."""
    command = [sys.executable, "-m", "retkoop.config.cli", *arguments]
    return subprocess.run(
        command, env=environment(data_dir, env), cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )


@dataclass
class Server:
    """A serving process group."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def kill(self) -> None:
        """SIGKILL to every process of the group, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def live_server_process(
    data_dir: Path, *, env: Mapping[str, str] | None = None, arguments: tuple[str, ...] = ("--no-worker",), seconds: float = 180
) -> Iterator[Server]:
    """Serve `data_dir` on a free port until the block ends. Raises RuntimeError, with the log, when it does not answer."""
    port = free_port()
    log = data_dir.parent / f"server-{port}.log"
    command = [sys.executable, "-m", "retkoop.config.cli", "serve", "--port", str(port), *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment(data_dir, env), cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )
    server = Server(process, f"http://127.0.0.1:{port}", log)
    try:
        _wait(server, seconds)
        yield server
    finally:
        if process.poll() is None:
            server.stop()


def _wait(server: Server, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            urllib.request.urlopen(server.url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.03)
    if server.process.poll() is None:
        server.kill()
    raise RuntimeError(f"the site did not answer:\n{server.log.read_text()}")
