"""Hostile files, made here one by one. `CANARY` stands in all that must not reach a copy."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from retkoop.documents.tests import samples

CANARY = b"CANARI"
SCRIPT = b"<script>alert('CANARI')</script>"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
Named = Iterator[tuple[str, bytes]]


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "contenu")
    return buffer.getvalue()


def of_another_kind() -> Named:
    """Files that are none of the four kinds, whatever their names say."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
    yield "dessin.svg", svg
    yield "dessin.png", b'<?xml version="1.0"?>' + svg
    yield "dessin.jpg", b"\xef\xbb\xbf\n " + svg
    for name in ("page.html", "page.pdf", "page.jpg"):
        yield name, b"<!DOCTYPE html><html>" + SCRIPT + b"</html>"
    for start in (b"<html>", b"<script>", b"<head>", b"<body onload=alert(1)>", b"  \n<HTML>"):
        yield "recu.pdf", start + SCRIPT
    yield "polyglotte.pdf", b"<html>" + SCRIPT + samples.pdf_bytes(samples.text_pdf())
    yield "polyglotte.pdf", b"MZ" + b"\x00" * 60 + samples.pdf_bytes(samples.text_pdf())
    yield "polyglotte.jpg", b"GIF89a/*" + b"\x00" * 8 + b"*/=1;alert(1)//"
    yield "anime.gif", samples.saved(Image.new("P", (4, 4)), "GIF")
    yield "image.png", b"GIF87a=1;" + SCRIPT
    yield "entites.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    yield "camt.pdf", b"<?xml version='1.0'?><Document/>"
    yield "image.bmp", samples.saved(Image.new("RGB", (4, 4)), "BMP")
    yield "image.tiff", samples.saved(Image.new("RGB", (4, 4)), "TIFF")
    yield "image.jpg", b"MM\x00*" + b"\x00" * 40
    yield "facture.pdf", zipped("a.txt")
    yield "facture.docx", zipped("[Content_Types].xml", "word/document.xml")
    yield "compte.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml")
    yield "expose.pptx", zipped("[Content_Types].xml", "ppt/presentation.xml")
    yield "fuite.jpg", zipped("../../../etc/passwd")
    yield "texte.odt", b"PK\x03\x04" + b"\x00" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text"
    yield "classeur.ods", b"PK\x03\x04" + b"\x00" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
    yield "ancien.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500
    yield "texte.rtf", b"{\\rtf1 bonjour}"
    yield "programme.jpg", b"MZ\x90\x00" + b"\x00" * 200
    yield "programme.png", b"\x7fELF\x02\x01\x01" + b"\x00" * 200
    yield "script.jpg", b"#!/bin/sh\nrm -rf /\n"
    yield "script.ps", b"%!PS-Adobe-3.0\n(x) run"
    yield "archive.7z", b"7z\xbc\xaf\x27\x1c" + b"\x00" * 50
    yield "archive.rar", b"Rar!\x1a\x07\x00" + b"\x00" * 50
    yield "archive.gz", b"\x1f\x8b\x08\x00" + b"\x00" * 50
    yield "eicar.com", EICAR
    yield "eicar.jpg", EICAR
    yield "photo.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00" + b"\x00" * 100
    yield "film.mp4", b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00" + b"\x00" * 100
    yield "notes.txt", b"Bonjour, voici la facture."
    yield "notes.csv", b'=HYPERLINK("http://x";"y");1;2\n'
    yield "rien.jpg", b"\x00"
    yield "rien.pdf", b"\x00" * 300
    yield "espaces.pdf", b" " * 5000
    yield "presque.pdf", b"%PDF"
    yield "presque.png", b"\x89PNG\r\n"
    yield "presque.webp", b"RIFF\x00\x00\x00\x00WEB"
    dice = random.Random(7)
    for _ in range(10):
        yield "hasard.bin", b"\x01" + dice.randbytes(300)


def images_with_more_inside() -> Named:
    """Readable images that carry something else: received, and their copies are pixels alone."""
    photo = samples.photo(300, 400)
    for tail in (SCRIPT, b"<?php CANARI ?>", zipped("CANARI.txt"), b"%PDF-1.4 CANARI"):
        yield "photo.jpg", photo + tail
    exif = Image.Exif()
    exif[0x010E] = "CANARI <script>"
    exif[0x0112] = 99
    picture = Image.open(io.BytesIO(photo))
    yield "exif.jpg", samples.saved(picture, "JPEG", exif=exif, comment=SCRIPT)
    yield "profil.jpg", samples.saved(picture, "JPEG", icc_profile=SCRIPT * 20)
    texts = PngInfo()
    texts.add_text("Comment", SCRIPT.decode())
    texts.add_itxt("XML:com.adobe.xmp", SCRIPT.decode() * 5)
    yield "texte.png", samples.saved(picture, "PNG", pnginfo=texts)
    yield "queue.png", samples.saved(picture, "PNG") + SCRIPT
    yield "queue.webp", samples.saved(picture, "WEBP") + SCRIPT
    yield "exif.webp", samples.saved(picture, "WEBP", exif=exif, xmp=SCRIPT)
    yield "anime.webp", samples.saved(picture, "WEBP", save_all=True, append_images=[picture])
    yield "anime.png", samples.saved(picture, "PNG", save_all=True, append_images=[picture])
    yield "cmjn.jpg", samples.saved(picture.convert("CMYK"), "JPEG", comment=SCRIPT)
    for mode in ("L", "1", "P", "RGBA", "LA", "I;16"):
        source = picture.convert("L").convert("I;16") if mode == "I;16" else picture.convert(mode)
        yield f"{mode}.png", samples.saved(source, "PNG", pnginfo=texts)
    yield "entrelace.jpg", samples.saved(picture, "JPEG", progressive=True)
    yield "menteuse.png", png(3000, 3000, rows=3)
    yield "mauvais-nom.pdf", photo
    yield "sans-nom", samples.saved(picture, "PNG")


def png(width: int, height: int, *, rows: int | None = None, colour: int = 0) -> bytes:
    """A PNG that says this size; `rows` of it are really there (all of them by default)."""
    packer = zlib.compressobj(9)
    row = b"\x00" * (1 + (width if colour == 0 else width * 4))
    data = b"".join(packer.compress(row) for _ in range(height if rows is None else rows)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def broken_images() -> Named:
    """Bombs, liars and images cut short: refused."""
    yield "bombe.png", png(9000, 9000)
    yield "bombe.png", png(12000, 12000, rows=10)
    yield "bombe.png", png(20000, 20000, rows=10)
    yield "menteuse.png", png(60000, 60000, rows=1)
    yield "vide.png", png(0, 10, rows=0)
    yield (
        "texte.png",
        png(10, 10)[:33] + chunk(b"zTXt", b"k\x00\x00" + zlib.compress(b"\x00" * 80_000_000, 9)) + png(10, 10)[33:],
    )
    yield "bombe.webp", b"RIFF\x1e\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00" + b"\xfe\x3f\x00" * 2 + b"\x00" * 8
    yield "bombe.webp", b"RIFF\x1e\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f\xff\xff\xff\x0f" + b"\x00" * 8
    photo = samples.photo(300, 400)
    yield "menteuse.jpg", _claiming(photo, 65000, 65000)
    yield "entete.jpg", b"\xff\xd8\xff"
    yield "entete.png", b"\x89PNG\r\n\x1a\n"
    yield "entete.webp", b"RIFF\x24\x00\x00\x00WEBPVP8 "
    picture = Image.open(io.BytesIO(photo))
    for form, cuts in (("JPEG", 12), ("PNG", 8), ("WEBP", 6)):
        whole = samples.saved(picture, form)
        for part in range(1, cuts + 1):
            yield f"coupee.{form.lower()}", whole[: len(whole) * part // (cuts + 1)]
    struck = bytearray(samples.saved(picture, "PNG"))
    struck[len(struck) // 2] ^= 0xFF
    yield "abimee.png", bytes(struck)


def deflated_blanks(size: int) -> bytes:
    """A compressed stream that opens into `size` blanks, made without ever holding them."""
    packer, piece = zlib.compressobj(9, wbits=-15), 10_000_000
    segment = packer.compress(b" " * piece) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\x9c" + segment * (size // piece) + b"\x03\x00" + b"\x00" * 4


def _claiming(jpeg: bytes, width: int, height: int) -> bytes:
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


ACTIONS: dict[str, dict[str, object]] = {
    "script": {"/S": Name.JavaScript, "/JS": "app.alert('CANARI')"},
    "lancement": {"/S": Name.Launch, "/F": "CANARI.exe"},
    "adresse": {"/S": Name.URI, "/URI": "https://exemple.test/CANARI"},
    "envoi": {"/S": Name.SubmitForm, "/F": "https://exemple.test/CANARI"},
    "ailleurs": {"/S": Name.GoToR, "/F": "CANARI.pdf", "/D": "x"},
    "dedans": {"/S": Name.GoToE, "/F": "CANARI.pdf", "/D": "x"},
    "import": {"/S": Name.ImportData, "/F": "CANARI.fdf"},
    "film": {"/S": Name.Rendition, "/JS": "CANARI"},
}


def pdfs_that_act() -> Named:
    """Readable PDFs that carry scripts, launches, attachments or forms: received, and their copies do nothing."""
    for name, fields in ACTIONS.items():
        pdf = samples.text_pdf()
        pdf.Root.OpenAction = pdf.make_indirect(Dictionary(fields))
        yield f"ouverture-{name}.pdf", samples.pdf_bytes(pdf)
        pdf = samples.text_pdf()
        area = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 500, 800], A=Dictionary(fields))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(area)])
        pdf.pages[0].obj.AA = Dictionary(O=Dictionary(fields))
        yield f"page-{name}.pdf", samples.pdf_bytes(pdf)
    for name, change in (("noms", _named_script), ("formulaire", _form), ("video", _rich), ("dehors", _outside), ("xmp", _xmp)):
        pdf = samples.text_pdf()
        change(pdf)
        yield f"{name}.pdf", samples.pdf_bytes(pdf)
    pdf = samples.text_pdf()
    pdf.attachments["CANARI.exe"] = b"MZ CANARI"
    yield "piece-jointe.pdf", samples.pdf_bytes(pdf)
    yield "queue.pdf", samples.pdf_bytes(samples.text_pdf()) + SCRIPT
    yield "espace.pdf", b"\n\n" + samples.pdf_bytes(samples.text_pdf())
    yield "proprietaire.pdf", samples.pdf_bytes(samples.text_pdf(), encryption=pikepdf.Encryption(owner="x", user=""))


def _named_script(pdf: pikepdf.Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS="CANARI")
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["x", script])))


def _form(pdf: pikepdf.Pdf) -> None:
    script = Dictionary(K=Dictionary(S=Name.JavaScript, JS="CANARI"))
    field = pdf.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="a", V="b", Rect=[50, 50, 200, 80], AA=script)
    )
    pdf.pages[0].obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), XFA=pdf.make_stream(b"<xdp>CANARI</xdp>"), NeedAppearances=True)


def _rich(pdf: pikepdf.Pdf) -> None:
    media = Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9], RichMediaContent=Dictionary(X="CANARI"))
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(media)])


def _outside(pdf: pikepdf.Pdf) -> None:
    stream = pdf.make_stream(b"q Q")
    stream.F = Dictionary(Type=Name.Filespec, F="/etc/CANARI")
    form = pdf.make_stream(b"q Q")
    form.Subtype, form.BBox, form.Ref = Name.Form, Array([0, 0, 1, 1]), Dictionary(F="CANARI.pdf")
    pdf.pages[0].obj.Resources.XObject = Dictionary(A=form, B=stream)


def _xmp(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata = pdf.make_stream(b"<x>CANARI</x>", Type=Name.Metadata, Subtype=Name.XML)
    pdf.docinfo["/Author"] = "CANARI"


def broken_pdfs() -> Named:
    """Protected, cut short, bottomless or over the limits: refused."""
    pdf = samples.text_pdf()
    yield "protege.pdf", samples.pdf_bytes(pdf, encryption=pikepdf.Encryption(owner="x", user="secret"))
    yield "vide.pdf", samples.pdf_bytes(pikepdf.new())
    yield "long.pdf", samples.pdf_bytes(samples.text_pdf(61))
    yield "entete.pdf", b"%PDF-1.7\n"
    yield "faux.pdf", b"%PDF-1.7\n" + b"x" * 500 + b"\nstartxref\n0\n%%EOF"
    pdf = samples.text_pdf()
    image = pdf.make_stream(deflated_blanks(9000 * 9000))
    image.Type, image.Subtype, image.Width, image.Height = Name.XObject, Name.Image, 9000, 9000
    image.ColorSpace, image.BitsPerComponent, image.Filter = Name.DeviceGray, 8, Name.FlateDecode
    pdf.pages[0].obj.Resources.XObject = Dictionary(Im0=image)
    yield "bombe.pdf", samples.pdf_bytes(pdf)
    loop = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
    yield "boucle.pdf", loop + b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"
    whole = samples.scan_pdf(1)
    for part in range(1, 13):
        yield "coupe.pdf", whole[: len(whole) * part // 13]


HOSTILE_NAMES = (
    "../../../etc/passwd",
    "..\\..\\windows\\system32\\x.jpg",
    "/etc/cron.d/x.jpg",
    "C:\\Users\\x.jpg",
    "facture\u202egpj.exe",
    "nul\x00octet.jpg",
    "ligne\r\nSet-Cookie: a=b.jpg",
    'guillemet".jpg',
    "<script>alert(1)</script>.jpg",
    "é" * 300 + ".jpg",
    "." * 300,
    "",
    "   ",
    "\u200b\u2066.jpg",
    "a/b/c/",
    "CON.jpg",
    "%2e%2e%2fpasswd.jpg",
    "=cmd|'/c calc'!A1.jpg",
)
