"""Each test has a folder of files of its own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings):
    """The folder of stored files; `tmp_path` around it must stay empty of anything else."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.DATA_DIR = tmp_path
    return tmp_path / "files"
