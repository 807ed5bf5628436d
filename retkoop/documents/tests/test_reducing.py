"""The copy: upright, without metadata, legible, about 200 KB a page, never larger than the original."""

import io
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

from retkoop.documents import services
from retkoop.documents.reducer import images, pdfs
from retkoop.documents.reducer.common import FLOOR_PIXELS, PAGE_BYTES, Refusal
from retkoop.documents.tests import samples

TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def four_corners() -> Image.Image:
    """Red, green above; blue, white below: each orientation of it differs from the others."""
    picture = Image.new("RGB", (300, 400), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 149, 199), "red")
    pen.rectangle((150, 0, 299, 199), "green")
    pen.rectangle((0, 200, 149, 399), "blue")
    return picture


def as_the_camera_stores_it(picture: Image.Image, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Fabricant"
    exif.get_ifd(0x8825)[1] = "N"
    turn = TURNS[orientation]
    return samples.saved(picture.transpose(turn) if turn is not None else picture, "JPEG", exif=exif, quality=95)


def difference(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB").resize(one.size))).mean)


@pytest.mark.parametrize("orientation", TURNS)
def test_a_turned_photo_is_shown_upright_and_without_its_place(orientation):
    data = as_the_camera_stores_it(four_corners(), orientation)
    content, _ = images.reduced(data, ceiling=len(data))
    copy = Image.open(io.BytesIO(content))
    assert copy.size == (300, 400)
    assert difference(four_corners(), copy) < 6
    assert dict(copy.getexif()) == {}


@pytest.mark.parametrize("orientation", TURNS)
def test_turned_photos_bound_together_are_upright_in_both_files(orientation, tmp_path):
    (tmp_path / "a").write_bytes(as_the_camera_stores_it(four_corners(), orientation))
    job = {"op": "combine", "sources": [str(tmp_path / "a")], "original": str(tmp_path / "o"), "copy": str(tmp_path / "c")}
    assert pdfs.work(job)["pages"] == 1
    for path in (tmp_path / "o", tmp_path / "c"):
        page = pypdfium2.PdfDocument(path)[0].render(scale=0.5).to_pil()
        assert difference(four_corners(), page) < 8


def height_of_x(page: Image.Image) -> int:
    """The height in pixels of the darkest band of a page that holds one line of x."""
    box = page.convert("L").point(lambda value: 255 if value < 110 else 0).getbbox()
    assert box is not None
    return box[3] - box[1]


def page_of_x() -> Image.Image:
    """An A4 page at 300 dpi with one line of x, 11 points high, and noise that weighs."""
    page = Image.effect_noise((2480, 3508), 40).point(lambda value: 200 + value // 8).convert("RGB")
    font = ImageFont.load_default(size=round(11 * 300 / 72))
    ImageDraw.Draw(page).text((300, 900), "x" * 60, "black", font)
    return page


def test_eleven_point_letters_of_an_a4_page_stay_twelve_pixels_high():
    data = samples.saved(page_of_x(), "JPEG", quality=92)
    content, content_type = images.reduced(data, ceiling=len(data))
    copy = Image.open(io.BytesIO(content))
    assert content_type == "image/jpeg"
    assert copy.width * copy.height >= FLOOR_PIXELS * 0.99
    assert height_of_x(copy) >= 12


def test_letters_of_a_scanned_pdf_stay_twelve_pixels_high_on_the_screen(tmp_path):
    (tmp_path / "scan").write_bytes(samples.saved(page_of_x(), "PDF", quality=92, resolution=300))
    pdfs.work({"op": "reduce", "source": str(tmp_path / "scan"), "copy": str(tmp_path / "copy")})
    pdfs.work({"op": "draw", "source": str(tmp_path / "copy"), "pages": {"1": str(tmp_path / "1.jpg")}})
    assert height_of_x(Image.open(tmp_path / "1.jpg")) >= 12


def test_a_page_of_print_weighs_at_most_two_hundred_kilobytes():
    data = samples.saved(samples.printed_page(), "JPEG", quality=92)
    content, _ = images.reduced(data, ceiling=len(data))
    assert len(content) <= PAGE_BYTES < len(data)


def test_a_long_till_receipt_keeps_its_width():
    content, _ = images.reduced(samples.photo(1000, 5000), ceiling=10**9)
    assert Image.open(io.BytesIO(content)).width >= 700


def test_a_very_large_photo_is_reduced_within_the_memory_of_its_reader(tmp_path):
    data = samples.saved(Image.new("RGBA", (6300, 6300), (200, 10, 10, 128)), "PNG")
    with services.prepared(name="grande.png", stream=io.BytesIO(data)) as ready:
        assert ready.copy_size <= ready.size
        with Image.open(ready.folder / ready.copy_file) as copy:
            assert difference(Image.new("RGB", copy.size, (227, 132, 132)), copy) < 4


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (64, 64), (200, 300)])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_copy_of_a_small_image_is_never_larger(form, size):
    picture = Image.effect_noise(size, 60).convert("RGB")
    for options in ({}, {"quality": 10} if form != "PNG" else {"optimize": True}):
        data = samples.saved(picture, form, **options)
        content, _ = images.reduced(data, ceiling=len(data))
        assert len(content) <= len(data)


def test_the_copy_of_a_pdf_is_never_larger(tmp_path):
    for made in (samples.scan_pdf(2), samples.pdf_bytes(samples.text_pdf()), samples.pdf_bytes(samples.text_pdf(12))):
        (tmp_path / "a.pdf").write_bytes(made)
        pdfs.work({"op": "reduce", "source": str(tmp_path / "a.pdf"), "copy": str(tmp_path / "copy")})
        assert (tmp_path / "copy").stat().st_size <= len(made)


def test_a_scanned_pdf_shrinks_to_its_pages_target(tmp_path):
    (tmp_path / "a.pdf").write_bytes(samples.scan_pdf(2))
    assert pdfs.work({"op": "reduce", "source": str(tmp_path / "a.pdf"), "copy": str(tmp_path / "copy")})["pages"] == 2
    assert (tmp_path / "copy").stat().st_size <= 2 * PAGE_BYTES


def drawn(path: Path) -> Image.Image:
    picture: Image.Image = pypdfium2.PdfDocument(path)[0].render(scale=0.5, may_draw_forms=False).to_pil()
    return picture.convert("L")


def test_what_an_annotation_shows_stays_on_the_page_of_the_copy(tmp_path):
    pdf = samples.text_pdf()
    look = pdf.make_stream(b"0 0 100 100 re f")
    look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 100])
    stamp = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=[100, 100, 200, 200], F=4, AP=Dictionary(N=look))
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(stamp)])
    (tmp_path / "a.pdf").write_bytes(samples.pdf_bytes(pdf))
    pdfs.work({"op": "reduce", "source": str(tmp_path / "a.pdf"), "copy": str(tmp_path / "copy")})
    assert drawn(tmp_path / "copy").getpixel((75, 346)) == 0
    with pikepdf.open(tmp_path / "copy") as copy:
        assert "/Annots" not in copy.pages[0].obj


def test_a_page_says_its_text_after_the_reduction(tmp_path):
    (tmp_path / "a.pdf").write_bytes(samples.pdf_bytes(samples.text_pdf(2)))
    pdfs.work({"op": "reduce", "source": str(tmp_path / "a.pdf"), "copy": str(tmp_path / "copy")})
    document = pypdfium2.PdfDocument(tmp_path / "copy")
    assert [page.get_textpage().get_text_bounded() for page in document] == ["Facture 1", "Facture 2"]


def test_too_many_photos_at_once_are_refused(tmp_path):
    job = {"op": "combine", "sources": ["x"] * 61, "original": "o", "copy": "c"}
    with pytest.raises(Refusal, match="Vous avez choisi 61 images"):
        pdfs.work(job)
