"""`python -m retkoop.config.cli`: the same as `retkoop`."""

import sys

from retkoop.config.cli import main

sys.exit(main())
