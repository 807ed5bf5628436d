"""Our own server with one statement taken out: the kept sums. Only to measure what they cost (row 15)."""

import os
import sys

from retkoop.config import cli

cli.choose_environment()
os.environ["RETKOOP_STATIC"] = "gathered"
import django  # noqa: E402

django.setup()
from retkoop.ledger.services import _postings  # noqa: E402

if __name__ == "__main__":
    _postings._move_balances = lambda *_args, **_options: None
    sys.exit(cli.main(sys.argv[1:]))
