"""The other side of `core.sandbox`: limits itself, then runs one module as a program.

Started as a file, in an isolated interpreter without environment; never
imported. The limits are set here, before any byte of the payload is read,
because a function run between fork and exec is not safe in a threaded server.
"""

import contextlib
import ctypes
import resource
import runpy
import signal
import sys
from pathlib import Path

NO_MEMORY = 4  # exit codes that the parent knows
REFUSED = 3
_PDEATHSIG, _NO_NEW_PRIVILEGES = 1, 38  # of prctl(2)


def main(module: str, seconds: int, memory_mb: int, file_mb: int, threads: int) -> None:
    """Run `module` as `__main__` within the limits; a shortage of memory ends with NO_MEMORY."""
    with contextlib.suppress(OSError, AttributeError):  # Linux only: die with the parent, gain no right
        system = ctypes.CDLL(None)
        system.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, file_mb * 2**20),
        (resource.RLIMIT_AS, memory_mb * 2**20),
    ]
    for limit, value in limits if threads else [*limits, (resource.RLIMIT_NPROC, 0)]:
        resource.setrlimit(limit, (value, value + 1 if limit == resource.RLIMIT_CPU else value))
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except MemoryError:
        sys.exit(NO_MEMORY)


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) for word in sys.argv[2:6]))
