"""Children that do not outlive their parent."""

import ctypes
import os
import signal
import sys


def die_with(parent: int) -> None:
    """On Linux, be told to stop when the supervisor is killed; elsewhere nothing."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)
