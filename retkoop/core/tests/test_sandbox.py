"""The sandbox: work is done, misbehaviour is stopped, nothing outlives the call."""

import datetime as dt
import io
import json
import os
import time

import pytest
from PIL import Image

from retkoop.core import pdf
from retkoop.core.sandbox import SandboxRefused, run_limited
from retkoop.core.tables import Column, Table

CASES = "retkoop.core.tests.sandbox_cases"


def refusal(payload, **limits):
    with pytest.raises(SandboxRefused) as refused:
        run_limited(CASES, payload, **limits)
    return refused.value


def children():
    """The processes begun here that were not waited for."""
    try:
        return os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None


def test_a_module_answers_its_payload():
    payload = os.urandom(3_000_000)
    assert run_limited(CASES, b"echo:" + payload) == payload


def test_the_child_sees_no_environment_and_no_django():
    environment, folder, django = json.loads(run_limited(CASES, b"see:"))
    assert (set(environment) - {"LC_CTYPE"}, folder, django) == (set(), "/", False)


def test_a_polite_refusal_comes_with_its_words():
    refused = refusal("refuse:image trop grande à lire".encode())
    assert (refused.reason, refused.detail) == ("refused", "image trop grande à lire")


@pytest.mark.parametrize(
    ("payload", "limits", "reason"),
    [
        (b"spin:", {"seconds": 1}, "time"),
        (b"sleep:", {"seconds": 1}, "time"),
        (b"silent:", {"seconds": 1}, "time"),
        (b"bomb:", {}, "memory"),
        (b"flood:", {"output_mb": 1}, "output"),
        (b"abort:", {}, "crashed"),
        (b"unknown:", {}, "crashed"),
    ],
)
def test_misbehaviour_is_stopped_and_named(payload, limits, reason):
    began = time.monotonic()
    assert refusal(payload, **limits).reason == reason
    assert time.monotonic() - began < 5
    assert children() is None


def test_a_missing_module_is_a_crash_with_its_trace():
    with pytest.raises(SandboxRefused) as refused:
        run_limited("retkoop.core.absent", b"")
    assert "No module named retkoop.core.absent" in refused.value.detail


def test_a_process_left_behind_is_ended_too():
    if os.geteuid() == 0:  # root may fork whatever the limit says
        refused = refusal(b"orphan:", seconds=2)
        assert refused.reason == "time"
    else:
        assert refusal(b"orphan:", seconds=2).reason == "crashed"
    assert children() is None


def test_a_file_is_written_only_when_asked(tmp_path):
    target = tmp_path / "out"
    payload = b"write:" + str(target).encode()
    assert refusal(payload).reason == "crashed"
    assert target.stat().st_size == 0
    assert run_limited(CASES, payload, file_mb=4) == b"written"


def test_a_photo_of_12_megapixels_fits_in_the_memory():
    source = io.BytesIO()
    Image.effect_noise((4000, 3000), 60).convert("RGB").save(source, "JPEG")
    reduced = run_limited(CASES, b"draw:" + source.getvalue())
    assert Image.open(io.BytesIO(reduced)).size == (1700, 1275)


def test_a_page_of_pdf_fits_in_the_memory():
    head = pdf.Letterhead("École", "085-099", "2025-2026", dt.date(2026, 6, 28))
    page = run_limited(CASES, b"render:" + pdf.table_pdf(Table("T", [Column("Libellé")], []), head))
    assert Image.open(io.BytesIO(page)).size == (1241, 1754)
