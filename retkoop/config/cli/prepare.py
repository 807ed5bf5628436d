"""What `serve` does to the data before serving, in a child process that leaves nothing behind in memory.

Migrate when something is pending, install the database's triggers and the
reference data, gather the static files when they changed, build the demo when
asked and nothing is there. `retkoop prepare` does it alone.
"""

import argparse
import hashlib
import os
import shutil
import sys
from pathlib import Path

from retkoop.config.cli.lineage import die_with

READY, REFUSED, NOT_A_DEMO = 0, 1, 10


def run(_options: argparse.Namespace) -> int:
    """`retkoop prepare`: leave a database that can be served, its static files gathered as `serve` reads them."""
    os.environ["RETKOOP_STATIC"] = "gathered"
    import django

    django.setup()
    return 0 if prepare() in {READY, NOT_A_DEMO} else 1


def prepare() -> int:
    """READY, REFUSED (the reasons are printed), or NOT_A_DEMO: real data found where a demo was asked."""
    from django.conf import settings

    from retkoop.config.preflight import data_refusals, setting_refusals

    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    refusals = setting_refusals()
    if not refusals:
        migrate()
        gather_static()
        refusals = data_refusals()
    for refusal in refusals:
        print(f"Retkoop ne démarre pas. {refusal}", file=sys.stderr)
    if refusals:
        return REFUSED
    return load_demo() if settings.DEMO else READY


def migrate() -> None:
    """Bring tables, guards and reference data up to date; silent and quick when they are."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from retkoop.config import installation

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    installation.complete()


def gather_static() -> None:
    """Copy, name by digest and compress the static files into the data folder, when one of them changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    seen = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list(None):
            stat = Path(storage.path(name)).stat()
            seen.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".gathered"
    if stamp.exists() and stamp.read_text() == seen.hexdigest():
        return
    shutil.rmtree(root, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(seen.hexdigest())


def load_demo() -> int:
    """Build the demo on an empty base; say NOT_A_DEMO when the base holds real data."""
    from retkoop.demo.build import build
    from retkoop.identity.models import Federation

    known = Federation.objects.values_list("demo", flat=True).first()
    if known is False:
        return NOT_A_DEMO
    if known is None:
        print("Première ouverture : la démonstration se prépare, une minute environ…", flush=True)
        build()
    return READY


def demo(_options: argparse.Namespace) -> int:
    """`retkoop demo`: prepare a base with the demonstration, without serving it; refused on real data."""
    import django

    django.setup()
    code = prepare()
    if code == READY:
        code = load_demo()
    if code == NOT_A_DEMO:
        print("Cette base contient de vraies données : la démonstration n’y est pas ajoutée.", file=sys.stderr)
    return 0 if code == READY else 1


def in_a_child() -> int:
    """Run `prepare` in a forked process and wait; its code. Interrupted, both stop and nothing half-made stays."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        try:
            _, status = os.waitpid(pid, 0)
        except KeyboardInterrupt:
            os.waitpid(pid, 0)
            return REFUSED
        return os.waitstatus_to_exitcode(status)
    code = REFUSED
    try:
        die_with(parent)
        code = prepare()
    except KeyboardInterrupt:
        print("Interrompu.", file=sys.stderr)
    except BaseException:  # noqa: BLE001 - whatever it was, the child must end here
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
