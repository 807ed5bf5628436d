"""Milliseconds to draw the PDF of a validated report, the first drawing of the process left out."""

import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retkoop.config.settings")
import django

django.setup()

from retkoop.yearend.exports.report import report_pdf  # noqa: E402
from retkoop.yearend.tests import frozen  # noqa: E402

if __name__ == "__main__":
    content = frozen.worked_content()
    report_pdf(content)
    begin = time.perf_counter()
    report_pdf(content)
    print((time.perf_counter() - begin) * 1000)
