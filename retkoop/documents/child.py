"""A module run in a child process with limits of its own."""

import os
import resource
import subprocess
import sys


class SandboxError(Exception):
    """The child died, was too slow or too large."""


def run_limited(module: str, payload: bytes, *, seconds: int, memory_mb: int) -> bytes:
    """Run `python -m module` with `payload` as standard input; its standard output. Raises SandboxError."""

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 2**20, memory_mb * 2**20))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=payload,
            capture_output=True,
            timeout=seconds,
            check=False,
            preexec_fn=limits,
            env={"PATH": os.environ.get("PATH", ""), "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    except subprocess.TimeoutExpired as error:
        raise SandboxError(f"{module}: more than {seconds} s") from error
    if done.returncode:
        raise SandboxError(f"{module}: exit {done.returncode}")
    return done.stdout
