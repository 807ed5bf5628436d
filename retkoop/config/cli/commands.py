"""The short sub-commands: parse, call a service, print its answer."""

import argparse


def manage(options: argparse.Namespace) -> int:
    """Django's own commands."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["retkoop manage", *options.rest])
    return 0
