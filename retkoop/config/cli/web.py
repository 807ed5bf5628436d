"""The web server: gunicorn with threads, started from Python, on a socket that the supervisor reserved."""

import socket
from collections.abc import Callable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from gunicorn.app.base import BaseApplication

WORKERS, THREADS = 2, 4


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn without a configuration file: the application is already loaded, workers are forks of it."""

    def __init__(self, application: WSGIHandler, options: dict[str, Any]) -> None:
        self.application = application
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """What differs from gunicorn's defaults."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        """The preloaded application."""
        return self.application


def serve(application: WSGIHandler, reserved: socket.socket, *, workers: int, on_ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or SIGINT; running requests get ten seconds to finish."""
    # a small answer leaves at once: without it, its body waits 40 ms for the acknowledgement of its headers
    reserved.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    options = {
        "bind": f"fd://{reserved.fileno()}",
        "workers": workers,
        "threads": THREADS,
        "worker_class": "gthread",
        "preload_app": True,
        "graceful_timeout": 10,
        "timeout": 120,
        "keepalive": 15,
        "control_socket_disable": True,
        "errorlog": "-",
        "loglevel": "warning",
        "when_ready": lambda _server: on_ready(),
    }
    WebServer(application, options).run()
