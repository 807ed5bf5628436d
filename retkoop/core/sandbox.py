"""Parsers of uploads run here: in a child process with limits of its own (trust.md P16).

The child has no environment, no Django, no right to fork or to write a file
(unless asked), little memory and little time. It reads the payload on its
standard input and writes its result on its standard output; to refuse politely
it writes the reason on its standard error and exits with code 3.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

from retkoop.core import limited_child

OUTPUT_MB = 64
Reason = Literal["refused", "time", "memory", "output", "crashed"]
_CHILD = Path(limited_child.__file__)
_CHUNK = 65_536
_DETAIL = 500


class SandboxRefused(Exception):  # noqa: N818 - a refusal, often of the file's own making
    """`reason` says how it ended; `detail` is what the child wrote about it, never to be shown unread."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


def run_limited(
    module: str,
    payload: bytes,
    *,
    seconds: int = 20,
    memory_mb: int = 512,
    file_mb: int = 0,
    output_mb: int = OUTPUT_MB,
    threads: bool = False,
) -> bytes:
    """The standard output of `python -m module` fed with `payload`. Raises SandboxRefused; leaves no process behind.

    `seconds` bounds both the clock and the processor; `file_mb` the size of each file that the child may write;
    `threads` lets it have some (the system counts them as processes, which are refused otherwise).
    """
    numbers = (seconds, memory_mb, file_mb, int(threads))
    command = [sys.executable, "-I", "-B", "-X", "utf8", str(_CHILD), module, *map(str, numbers)]
    with tempfile.TemporaryFile() as source:
        source.write(payload)
        source.seek(0)
        child = subprocess.Popen(
            command,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={},
            cwd="/",
            start_new_session=True,
        )
        try:
            output, complaint = _read_both(child, time.monotonic() + seconds, output_mb * 2**20)
        finally:
            # Whatever happened, nothing of its session outlives this call.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            code = child.wait()
            for pipe in (child.stdout, child.stderr):
                if pipe is not None:
                    pipe.close()
    if code:
        raise SandboxRefused(_reason(code), complaint)
    return output


def _read_both(child: "subprocess.Popen[bytes]", deadline: float, limit: int) -> tuple[bytes, str]:
    """Both outputs until the child has ended. Raises SandboxRefused when it is too slow or says too much."""
    texts: dict[int, bytearray] = {}
    with selectors.DefaultSelector() as waiting:
        for pipe in (child.stdout, child.stderr):
            if pipe is not None:
                texts[pipe.fileno()] = bytearray()
                waiting.register(pipe, selectors.EVENT_READ)
        while waiting.get_map():
            left = deadline - time.monotonic()
            ready = waiting.select(left) if left > 0 else []
            if not ready:
                raise SandboxRefused("time")
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                texts[key.fd] += chunk
                if not chunk:
                    waiting.unregister(key.fileobj)
                if len(texts[key.fd]) > limit:
                    raise SandboxRefused("output")
    # Looked at without reaping: its number stays its own until its whole session has been ended.
    while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() > deadline:
            raise SandboxRefused("time")
        time.sleep(0.002)
    output, complaint = texts.values()
    return bytes(output), complaint.decode(errors="replace").strip()[-_DETAIL:]


def _reason(code: int) -> Reason:
    if code == limited_child.REFUSED:
        return "refused"
    if code == limited_child.NO_MEMORY:
        return "memory"
    return "time" if code == -signal.SIGXCPU else "crashed"
