"""What is saved comes back bit for bit, or is refused by name."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection

from retkoop.core import clock
from retkoop.interchange import backup as backups
from retkoop.interchange.backup import BackupRefused
from retkoop.ledger.export import book_bytes
from retkoop.ledger.tests.books import make_desk
from tests import postgres


@pytest.fixture
def desk(committed_db):
    """A cooperative with two entries and one stored file."""
    desk = make_desk()
    desk.pay(12_34)
    desk.receive(50_00)
    stored = Path(settings.MEDIA_ROOT) / "1" / "2025" / "x"
    stored.mkdir(parents=True)
    (stored / "original.png").write_bytes(b"not really a picture")
    return desk


def empty_the_installation():
    """Remove the database and the files, as a lost disk would; an empty database remains on PostgreSQL."""
    name = str(connection.settings_dict["NAME"])
    connection.close()
    if connection.vendor == "sqlite":
        for path in Path(settings.DATA_DIR).glob("retkoop.sqlite3*"):
            path.unlink()
    else:
        host, user = str(connection.settings_dict["HOST"]), str(connection.settings_dict["USER"])
        postgres.drop_database(host, user, name)
        postgres.copy_database(host, user, "template0", name)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    (Path(settings.DATA_DIR) / "writer.lock").unlink(missing_ok=True)


def test_a_wiped_installation_comes_back_byte_for_byte_with_its_files_and_guards(desk, tmp_path):
    before = book_bytes(desk.year)
    saved = backups.backup(tmp_path / "saved")
    empty_the_installation()
    manifest = backups.restore(saved)
    assert [head["cooperative"] for head in manifest["heads"]] == ["085-099"]
    assert book_bytes(desk.year) == before
    assert (Path(settings.MEDIA_ROOT) / "1/2025/x/original.png").read_bytes() == b"not really a picture"
    with pytest.raises(DatabaseError, match="no row of a book is deleted"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_posting")


def test_restoring_where_something_stands_is_refused(desk, tmp_path):
    saved = backups.backup(tmp_path / "saved")
    before = book_bytes(desk.year)
    with pytest.raises(BackupRefused, match="n’est pas vide"):
        backups.restore(saved)
    assert book_bytes(desk.year) == before


@pytest.mark.parametrize("name", ["database", "files/1/2025/x/original.png", "manifest.json"])
def test_one_altered_bit_is_refused_by_the_name_of_its_file(desk, tmp_path, name):
    saved = backups.backup(tmp_path / "saved")
    path = next(saved.glob(f"{name}*"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)
    with pytest.raises(BackupRefused, match=path.name):
        backups.verify(saved)


def test_a_missing_file_is_refused_by_its_name(desk, tmp_path):
    saved = backups.backup(tmp_path / "saved")
    (saved / "files/1/2025/x/original.png").unlink()
    with pytest.raises(BackupRefused, match=r"Il manque files/1/2025/x/original\.png"):
        backups.verify(saved)


def test_a_half_made_backup_is_neither_listed_nor_restored(desk, tmp_path):
    folder = Path(settings.BACKUP_DIR)
    (folder / ".retkoop-2026-01-01T000000Z.partial").mkdir(parents=True)
    (folder / "retkoop-2026-01-02T000000Z").mkdir()
    assert backups.last_backup() is None
    with pytest.raises(BackupRefused, match="pas une sauvegarde entière"):
        backups.verify(folder / "retkoop-2026-01-02T000000Z")


def test_the_daily_backup_is_made_once_a_day_and_the_oldest_are_removed(desk, monkeypatch):
    assert backups.KEPT_DAYS == 35
    monkeypatch.setattr(backups, "KEPT_DAYS", 2)
    first = dt.date(2026, 1, 1)
    for day in range(4):
        with clock.travel(first + dt.timedelta(days=day)):
            assert backups.daily_backup() is not None
            assert backups.daily_backup() is None
            last = backups.last_backup()
            assert last is not None
            assert last.date() == first + dt.timedelta(days=day)
    kept = sorted(path.name[8:18] for path in Path(settings.BACKUP_DIR).glob("retkoop-*"))
    assert len(kept) == 2
    assert kept[0] == "2026-01-03"


def test_two_backups_of_the_same_second_stand_side_by_side(desk, tmp_path, monkeypatch):
    instant = dt.datetime(2026, 1, 1, 2, 30, tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: instant)
    made = [backups.backup(tmp_path / "saved").name for _ in range(2)]
    assert made == ["retkoop-2026-01-01T023000Z", "retkoop-2026-01-01T023000Z-2"]


def test_stored_files_are_linked_not_doubled_on_the_same_disk(desk, tmp_path):
    saved = backups.backup(tmp_path / "saved")
    ours = Path(settings.MEDIA_ROOT) / "1/2025/x/original.png"
    assert (saved / "files/1/2025/x/original.png").stat().st_ino == ours.stat().st_ino
