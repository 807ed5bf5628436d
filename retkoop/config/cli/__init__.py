"""The `retkoop` command: what the person who hosts Retkoop types.

Each sub-command is one small function of `commands.py` (or a module beside it
when it is a process of its own) and one line of `COMMANDS`. They call services
and print what these answer; none holds a rule. Django is only set up once the
arguments are understood, so that `--help` is instant and `serve` may still
choose its environment.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from retkoop.config.cli import books, commands, organisations, prepare, reports, serve, worker

Run = Callable[[argparse.Namespace], int]


@dataclass(frozen=True)
class Command:
    """A sub-command: its name, its sentence of help, its arguments, what it does (→ exit code)."""

    name: str
    help: str
    run: Run
    arguments: Sequence[tuple[tuple[str, ...], Mapping[str, object]]] = field(default=())


COMMANDS = (
    Command("serve", "prépare la base puis sert le site", serve.run, serve.ARGUMENTS),
    Command("prepare", "met la base à jour sans servir le site", prepare.run),
    Command("demo", "prépare la base avec la démonstration", prepare.demo),
    Command("worker", "exécute les travaux de fond et la sauvegarde quotidienne", worker.run),
    Command("check-books", "vérifie tous les cahiers : invariants, traces, fichiers", books.check_books),
    Command("create-federation", "crée la fédération", organisations.create_federation, organisations.FEDERATION),
    Command("create-ad", "crée une association départementale", organisations.create_association, organisations.ASSOCIATION),
    Command("create-cooperative", "crée une coopérative", organisations.create_cooperative, organisations.COOPERATIVE),
    Command("export-book", "écrit un cahier entier sur la sortie", books.export_book, books.EXPORT),
    Command("import-book", "lit un cahier entier dans une année vide", books.import_book, books.IMPORT),
    Command("export-report", "écrit un compte-rendu sur la sortie", reports.export_report, reports.EXPORT),
    Command("load-questionnaire", "charge un questionnaire du CRA", reports.load_questionnaire, reports.QUESTIONNAIRE),
    Command("list-pages", "les adresses du site et qui peut les ouvrir", commands.list_pages, commands.PAGES),
    Command("backup", "sauvegarde la base et les fichiers dans un nouveau dossier daté", books.backup, books.FOLDER),
    Command("restore", "remet une sauvegarde dans un dossier de données vide", books.restore, books.FOLDER),
    Command("manage", "les commandes de Django", commands.manage, ((("rest",), {"nargs": argparse.REMAINDER}),)),
)


def parser() -> argparse.ArgumentParser:
    """Every sub-command with its arguments."""
    top = argparse.ArgumentParser(prog="retkoop", description="Retkoop, les comptes des coopératives scolaires.")
    subs = top.add_subparsers(dest="command", required=True, metavar="COMMANDE")
    for command in COMMANDS:
        sub = subs.add_parser(command.name, help=command.help, description=command.help)
        for names, options in command.arguments:
            sub.add_argument(*names, **options)  # type: ignore[arg-type]
        sub.set_defaults(run=command.run)
    return top


def choose_environment() -> None:
    """`RETKOOP_ENV` wins; else the demo, unless `DEMO=0` asks for an empty start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retkoop.config.settings")
    if not os.environ.get("RETKOOP_ENV"):
        os.environ["RETKOOP_ENV"] = "local" if os.environ.get("DEMO") == "0" else "demo"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the sub-command; its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    choose_environment()
    if arguments[:1] == ["manage"]:
        return commands.manage(argparse.Namespace(rest=arguments[1:]))
    options = parser().parse_args(arguments)
    run: Run = options.run
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
