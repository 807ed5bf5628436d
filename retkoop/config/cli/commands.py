"""The short sub-commands: parse, call a service, print its answer."""

import argparse
import json

PAGES = ((("--json",), {"action": "store_true", "help": "une liste JSON, pour d’autres programmes"}),)


def list_pages(options: argparse.Namespace) -> int:
    """Every address, with its methods, its permission and the roles that have it."""
    import django

    django.setup()
    from retkoop.identity.access import list_pages as pages

    found = pages()
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for page in found:
            print(f"{page['pattern']:<60} {'|'.join(page['methods']):<16} {page['permission']}")
    return 0


def manage(options: argparse.Namespace) -> int:
    """Django's own commands."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["retkoop manage", *options.rest])
    return 0
