"""`retkoop serve`: prepare the data, then keep a web server and a background worker alive.

One supervisor loads the application once and forks the rest, so that the
processes share its memory. It holds no database connection. A worker that dies
is started again; when the web server dies, everything stops with its code.
SIGTERM or Ctrl+C stops all of it cleanly.
"""

import argparse
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from types import FrameType

from retkoop.config.cli import prepare
from retkoop.config.cli.lineage import die_with

ARGUMENTS: tuple[tuple[tuple[str, ...], Mapping[str, object]], ...] = (
    (("--port",), {"type": int, "default": None, "help": "port (sinon PORT, sinon 8000)"}),
    (("--host",), {"default": "127.0.0.1", "help": "adresse d’écoute"}),
    (("--workers",), {"type": int, "default": 2, "help": "processus web"}),
    (("--no-worker",), {"action": "store_true", "help": "sans le processus des travaux de fond"}),
)
DEMO_LOGINS = ("085-099", "038-012", "ad085", "federation")
STOP_SECONDS = 15
RESTART_SECONDS = 2


class Stop(Exception):  # noqa: N818
    """A signal asked to stop."""


def run(options: argparse.Namespace) -> int:
    """Prepare, load, fork, watch; the exit code of the whole."""
    port = options.port or int(os.environ.get("PORT") or 8000)
    os.environ["PORT"] = str(port)
    os.environ["RETKOOP_STATIC"] = "gathered"
    reserved = reserve(options.host, port)
    if reserved is None:
        print(
            f"Le port {port} est déjà pris : choisissez-en un autre, par exemple PORT={port + 1}.",
            file=sys.stderr,
        )
        return 1
    import django

    django.setup()
    code = prepare.in_a_child()
    if code == prepare.NOT_A_DEMO:
        reserved.close()
        os.environ["RETKOOP_ENV"] = "local"
        os.execv(sys.executable, [sys.executable, "-m", "retkoop.config.cli", *sys.argv[1:]])
    if code != prepare.READY:
        return code
    return supervise(processes(options, reserved, port))


def reserve(host: str, port: int) -> socket.socket | None:
    """Take the address before the long work, so that a taken port is told at once."""
    reserved = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reserved.bind((host, port))
    except OSError:
        reserved.close()
        return None
    return reserved


def processes(options: argparse.Namespace, reserved: socket.socket, port: int) -> dict[str, Callable[[], None]]:
    """What each child runs; everything heavy is imported here, once, before forking."""
    from django.urls import get_resolver

    from retkoop.config.cli import web, worker
    from retkoop.config.preflight import let_go
    from retkoop.config.wsgi import application

    _ = get_resolver().url_patterns
    let_go()

    def announce() -> None:
        print(greeting(options.host, port), flush=True)

    children: dict[str, Callable[[], None]] = {
        "web": lambda: web.serve(application, reserved, workers=options.workers, on_ready=announce)
    }
    if not options.no_worker:
        children["worker"] = worker.loop
    return children


def greeting(host: str, port: int) -> str:
    """The addresses and, in a demo, how to get in."""
    from django.conf import settings

    from retkoop.identity.views.login import DEMO_PASSWORD

    lines = ["", f"  Retkoop répond : http://{host}:{port}", f"  Données : {settings.DATA_DIR}"]
    if settings.DEMO:
        lines.append(f"  Démonstration, identifiants : {', '.join(DEMO_LOGINS)}")
        lines.append(f"  Mot de passe de tous : {DEMO_PASSWORD}")
    return "\n".join([*lines, "  Arrêter : Ctrl+C", ""])


def supervise(children: dict[str, Callable[[], None]]) -> int:
    """Fork every child, restart the worker when it dies, stop all when the web server does."""
    signal.signal(signal.SIGTERM, _raise_stop)
    signal.signal(signal.SIGINT, _raise_stop)
    gc.collect()
    gc.freeze()
    alive: dict[int, str] = {}
    code = 0
    try:
        for name, body in children.items():
            alive[start(body)] = name
        while True:
            pid, status = os.wait()
            name = alive.pop(pid, "")
            if name == "web":
                code = os.waitstatus_to_exitcode(status) or 1
                break
            if name:
                time.sleep(RESTART_SECONDS)
                alive[start(children[name])] = name
    except Stop:
        pass
    finally:
        stop(alive)
    return code


def _raise_stop(_signum: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Stop


def start(body: Callable[[], None]) -> int:
    """Fork; the child runs `body` and leaves, and dies with its parent. Returns its pid."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        die_with(parent)
        body()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:  # noqa: BLE001 - a child must never run the parent's code
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def stop(alive: dict[int, str]) -> None:
    """SIGTERM to every child, SIGKILL to those still there after fifteen seconds."""
    for pid in alive:
        _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while alive and time.monotonic() < deadline:
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if pid:
            alive.pop(pid, None)
        else:
            time.sleep(0.05)
    for pid in alive:
        _signal(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _signal(pid: int, signum: int) -> None:
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return
