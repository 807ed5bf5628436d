"""The sub-commands of the yearly report: loading a questionnaire, writing a report out."""

import argparse
import sys
from pathlib import Path

from retkoop.config.cli.books import BOOK, year_of

EXPORT = (*BOOK, (("--format",), {"choices": ("json",), "default": "json", "help": "json : la forme canonique"}))
QUESTIONNAIRE = (
    (("file",), {"type": Path, "help": "questionnaire en JSON (docs/formats.md)"}),
    (("--association",), {"default": "", "help": "code de l’AD dont ce sont les questions ; sinon, celles de la fédération"}),
)


def load_questionnaire(options: argparse.Namespace) -> int:
    """Store a questionnaire of the CRA; what is wrong in the file is said with its place."""
    import django

    django.setup()
    from retkoop.core.refusal import Refusal
    from retkoop.identity.audit import Author
    from retkoop.identity.models import Association
    from retkoop.yearend.services.questionnaires import load_questionnaire as load

    try:
        association = Association.objects.filter(code=options.association).first()
        if options.association and association is None:
            message = f"« {options.association} » n’est pas le code d’une AD d’ici."
            raise Refusal(message)
        row = load(raw=options.file.read_bytes(), association=association, author=Author(None))
    except (Refusal, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    whose = f"de l’AD {association.code}" if association else "de la fédération"
    questions = sum(len(section["questions"]) for section in row.definition["sections"])
    print(f"Questionnaire {whose}, à partir de {row.first}-{row.first + 1}, version {row.version} : {questions} questions.")
    return 0


def export_report(options: argparse.Namespace) -> int:
    """Write a year's report to the standard output: figures, controls, states, digests."""
    import django

    django.setup()
    from retkoop.core.refusal import Refusal
    from retkoop.yearend.export import report_bytes

    try:
        year = year_of(options.cooperative, options.year)
    except Refusal as refusal:
        print(refusal.message, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(report_bytes(year))
    sys.stdout.buffer.flush()
    return 0
