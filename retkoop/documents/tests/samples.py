"""Files made for the tests, and the small cast that sends them."""

import datetime as dt
import io
from functools import cache

import pikepdf
from PIL import Image, ImageDraw, ImageFont

from retkoop.core import clock
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, Cooperative, Federation, Person


def cooperative(number: str = "099") -> Cooperative:
    federation, _ = Federation.objects.get_or_create(name="Fédération")
    association, _ = Association.objects.get_or_create(
        federation=federation, code="085", defaults={"name": "OCCE de la Vendée", "department": "Vendée"}
    )
    return Cooperative.objects.create(
        association=association, number=number, name="École Jean Moulin", created_on=dt.date(2020, 9, 1)
    )


def author() -> Author:
    return Author(Person.objects.create(full_name="Claire Martin", created_at=clock.now()))


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


@cache
def printed_page(width: int = 2480, height: int = 3508) -> Image.Image:
    """An A4 page at 300 dpi with lines of 11-point text."""
    page = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=round(11 * width / 595))
    for line in range(20):
        pen.text((width // 10, 200 + line * height // 22), f"{line} facture de papeterie, cahiers 12,50 €", "black", font)
    return page


@cache
def photo(width: int = 1200, height: int = 1600, form: str = "JPEG") -> bytes:
    """A photo with as much detail as a camera gives."""
    return saved(Image.effect_noise((width, height), 50).convert("RGB"), form, **({"quality": 90} if form == "JPEG" else {}))


@cache
def scan_pdf(pages: int = 2) -> bytes:
    """A PDF of printed pages as a scanner makes them."""
    page = printed_page()
    return saved(page, "PDF", save_all=True, append_images=[page] * (pages - 1), quality=90)


def text_pdf(pages: int = 1) -> pikepdf.Pdf:
    """A PDF with a line of true text on each page, to be made hostile."""
    pdf = pikepdf.new()
    for number in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.obj.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
            )
        )
        page.obj.Contents = pdf.make_stream(f"BT /F1 24 Tf 60 700 Td (Facture {number + 1}) Tj ET".encode())
    return pdf


def pdf_bytes(pdf: pikepdf.Pdf, encryption: pikepdf.Encryption | None = None) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, encryption=encryption if encryption is not None else False)
    return buffer.getvalue()
