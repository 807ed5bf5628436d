"""What a file is, from its first bytes: four kinds are received, the others are named in the refusal."""

from dataclasses import dataclass

HEAD_BYTES = 4096


@dataclass(frozen=True)
class Kind:
    """A kind of file that is received."""

    content_type: str
    suffix: str
    module: str


JPEG = Kind("image/jpeg", ".jpg", "retkoop.documents.reducer.images")
PNG = Kind("image/png", ".png", "retkoop.documents.reducer.images")
WEBP = Kind("image/webp", ".webp", "retkoop.documents.reducer.images")
PDF = Kind("application/pdf", ".pdf", "retkoop.documents.reducer.pdfs")
SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
}
_FOREIGN = (
    (b"GIF8", "une image GIF"),
    (b"BM", "une image BMP"),
    (b"II*\x00", "une image TIFF"),
    (b"MM\x00*", "une image TIFF"),
    (b"\xd0\xcf\x11\xe0", "un ancien document de bureautique (Word, Excel)"),
    (b"Rar!", "une archive"),
    (b"7z\xbc\xaf", "une archive"),
    (b"\x1f\x8b", "une archive"),
    (b"MZ", "un programme"),
    (b"\x7fELF", "un programme"),
    (b"{\\rtf", "un document de traitement de texte"),
    (b"%!PS", "un fichier PostScript"),
)
_IN_ZIP = (
    (b"word/", "un document Word"),
    (b"xl/", "un classeur Excel"),
    (b"ppt/", "un diaporama"),
    (b"opendocument.text", "un document de traitement de texte"),
    (b"opendocument.spreadsheet", "un classeur"),
)


def kind_of(head: bytes) -> Kind | None:
    """The kind that these first bytes announce, or None when it is not one that is received."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t \x00").startswith(b"%PDF-"):
        return PDF
    return None


def named(head: bytes) -> str:
    """In French, with its article, what the file seems to be."""
    for start, words in _FOREIGN:
        if head.startswith(start):
            return words
    if head.startswith(b"PK\x03\x04"):
        return next((words for mark, words in _IN_ZIP if mark in head), "une archive ZIP")
    if head[4:8] == b"ftyp":
        return "une photo HEIC" if head[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"heif"} else "une vidéo"
    text = head.lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if text.startswith((b"<svg", b"<?xml")):
        return "un dessin SVG" if b"<svg" in text else "un fichier XML"
    if text.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")):
        return "une page web"
    if b"\x00" not in head and not any(byte < 9 for byte in head):
        return "un fichier de texte"
    return "un fichier d’un autre genre"
