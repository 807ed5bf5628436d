"""PDFs: counted, rid of everything that acts, reduced; pages drawn for the screen; photos bound together.

A new file is built from the pages alone (boxes, contents, resources):
scripts, launch actions, attached files, forms, links and metadata stay
behind, what an annotation or a form field shows is drawn into its page first.
"""

import io
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image

from retkoop.documents.reducer import images
from retkoop.documents.reducer.common import (
    DAMAGED,
    MAX_PAGES,
    MAX_PIXELS,
    PAGE_BYTES,
    PAGE_PIXELS,
    Answer,
    Job,
    Refusal,
    serve,
    too_many_pixels,
)

PAGE_KEYS = {"/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/UserUnit", "/Group", "/Parent"}
ACTIVE_KEYS = {
    "/AA", "/OpenAction", "/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/AF",
    "/XFA", "/AcroForm", "/RichMedia", "/RichMediaContent", "/Metadata", "/PieceInfo", "/Thumb", "/URI",
    "/Ref", "/OPI", "/Annots", "/Dests", "/Collection", "/Perms", "/StructParents", "/StructParent", "/LastModified",
}  # fmt: skip
OUTSIDE_KEYS = {"/F", "/FFilter", "/FDecodeParms"}  # a stream whose bytes would lie in another file
SHRINK_SECONDS = 11.0  # past that the copy is only less reduced
RASTER_BEFORE_SECONDS = 6.0
RASTER_SECONDS = 6.0


def work(job: Job) -> Answer:
    """The job named by `op`: "reduce", "draw" or "combine"."""
    match job["op"]:
        case "reduce":
            return _reduce(Path(job["source"]), Path(job["copy"]))
        case "draw":
            return _draw(Path(job["source"]), job["pages"])
        case _:
            return _combine([Path(path) for path in job["sources"]], Path(job["original"]), Path(job["copy"]))


def _reduce(source: Path, target: Path) -> Answer:
    began = time.monotonic()
    data = source.read_bytes()
    if b"%%EOF" not in data[-2048:] or b"startxref" not in data[-4096:]:
        raise Refusal(DAMAGED)
    with _opened(data) as pdf:
        pages = len(pdf.pages)
        copy, pictures = _sanitised(pdf)
    _drawable(copy, pages)
    drawn_anew = len(copy) > PAGE_BYTES * pages and pictures < len(copy) // 2
    if drawn_anew and time.monotonic() - began < RASTER_BEFORE_SECONDS:
        flat = _rasterised(copy)
        copy = flat if flat is not None and len(flat) < len(copy) else copy
    target.write_bytes(copy)
    return {"pages": pages, "copy_type": "application/pdf"}


def _opened(data: bytes) -> pikepdf.Pdf:
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as error:
        raise Refusal(
            "Ce PDF est protégé par un mot de passe : personne ne pourrait le relire dans dix ans. "
            "Enregistrez-le sans mot de passe, ou prenez la page en photo."
        ) from error
    except pikepdf.PdfError as error:
        raise Refusal(DAMAGED) from error
    pages = len(pdf.pages)
    if pages == 0:
        raise Refusal("Ce PDF ne contient aucune page. Ouvrez-le pour vérifier, puis envoyez le bon fichier.")
    if pages > MAX_PAGES:
        raise Refusal(
            f"Ce PDF compte {pages} pages, la limite est de {MAX_PAGES}. Envoyez seulement les pages utiles, "
            "ou plusieurs fichiers."
        )
    return pdf


def _indirect(thing: Any) -> bool:
    return isinstance(thing, pikepdf.Object) and thing.is_indirect


def _sanitised(pdf: pikepdf.Pdf) -> tuple[bytes, int]:
    """A new file holding the pages and nothing else, and how many of its bytes are reduced pictures. Raises Refusal."""
    with suppress(Exception):  # a broken form must not hide the page under it
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("screen")
    new = pikepdf.new()
    for page in pdf.pages:
        for key in set(page.obj.keys()) - PAGE_KEYS:
            del page.obj[key]
        new.pages.append(page)
    for thing in new.objects:
        _strip(thing, depth=0)
    until, pictures = time.monotonic() + SHRINK_SECONDS, 0
    for thing in new.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image":
            pictures += _shrink(thing, until)
    versions = []
    for mode in (pikepdf.ObjectStreamMode.generate, pikepdf.ObjectStreamMode.disable):
        buffer = io.BytesIO()
        new.save(buffer, object_stream_mode=mode, compress_streams=True, static_id=True)
        versions.append(buffer.getvalue())
    return min(versions, key=len), pictures


def _strip(thing: Any, *, depth: int) -> None:
    if depth > 30:
        raise Refusal(DAMAGED)
    if isinstance(thing, pikepdf.Array):
        children = list(thing)
    elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        unwanted = ACTIVE_KEYS | OUTSIDE_KEYS if isinstance(thing, pikepdf.Stream) else ACTIVE_KEYS
        for key in unwanted & set(thing.keys()):
            del thing[key]
        children = [value for _, value in thing.items()]
    else:
        return
    for child in children:
        if not _indirect(child):
            _strip(child, depth=depth + 1)


def _shrink(stream: pikepdf.Stream, until: float) -> int:
    """Replace a large image by a smaller JPEG where that gains, and say its bytes; 0 when it is left as it is."""
    width, height = int(stream.get("/Width", 0)), int(stream.get("/Height", 0))
    if width * height > MAX_PIXELS:
        raise too_many_pixels(width, height)
    raw = stream.read_raw_bytes()
    bare = not any(key in stream for key in ("/ImageMask", "/Decode", "/Mask"))
    if not bare or len(raw) < PAGE_BYTES // 4 or stream.get("/BitsPerComponent") == 1 or time.monotonic() > until:
        return 0
    with suppress(Exception):  # an image that only a PDF reader understands stays as it is
        image = images.opened(raw) if stream.get("/Filter") == "/DCTDecode" else pikepdf.PdfImage(stream).as_pil_image()
        if image.mode == "CMYK":
            return 0
        plain = images.flattened(image, upright=False)  # a PDF knows nothing of the camera's tag
        content, _ = images.encoded(plain)
        if len(content) < len(raw):
            _replace(stream, content, plain)
            return len(content)
    return 0


def _replace(stream: pikepdf.Stream, jpeg: bytes, image: Image.Image) -> None:
    stream.write(jpeg, filter=pikepdf.Name.DCTDecode)
    stream.Width, stream.Height = image.size
    stream.BitsPerComponent = 8
    stream.ColorSpace = pikepdf.Name.DeviceGray if image.mode == "L" else pikepdf.Name.DeviceRGB
    if "/DecodeParms" in stream:
        del stream["/DecodeParms"]


def _drawable(copy: bytes, pages: int) -> None:
    """Refuse what cannot be shown: a page that cannot be drawn proves nothing."""
    try:
        document = pypdfium2.PdfDocument(copy)
        if len(document) != pages:
            raise Refusal(DAMAGED)
        for number in range(pages):
            _picture(document, number, pixels=PAGE_PIXELS // 100)
        document.close()
    except pypdfium2.PdfiumError as error:
        raise Refusal(DAMAGED) from error


def _picture(document: pypdfium2.PdfDocument, number: int, *, pixels: int) -> Image.Image:
    page = document[number]
    width, height = page.get_size()
    wide, high = images.fitting(width * 100, height * 100, pixels)
    picture: Image.Image = page.render(scale=min(wide / width, high / height)).to_pil()
    page.close()
    return picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")


def _rasterised(copy: bytes) -> bytes | None:
    """The pages as pictures; None when it would take too long."""
    until = time.monotonic() + RASTER_SECONDS
    new = pikepdf.new()
    document = pypdfium2.PdfDocument(copy)
    for number in range(len(document)):
        if time.monotonic() > until:
            return None
        picture = _picture(document, number, pixels=PAGE_PIXELS)
        width, height = document[number].get_size()
        content, _ = images.encoded(picture)
        _add_page(new, content, picture, (width, height), matrix=(width, 0, 0, height, 0, 0))
    return _bytes(new)


def _draw(source: Path, pages: dict[str, str]) -> Answer:
    """Draw the numbered pages (from 1) as JPEG files: `{"1": path, …}`."""
    document = pypdfium2.PdfDocument(source)
    for number, path in pages.items():
        content, _ = images.encoded(_picture(document, int(number) - 1, pixels=PAGE_PIXELS))
        Path(path).write_bytes(content)
    return {"pages": len(document)}


def _combine(sources: list[Path], original: Path, copy: Path) -> Answer:
    """Photos, in order, as one PDF: whole in `original` (JPEG bytes untouched), reduced in `copy`."""
    if len(sources) > MAX_PAGES:
        raise Refusal(f"Vous avez choisi {len(sources)} images, la limite est de {MAX_PAGES}. Envoyez-les en deux fois.")
    whole, light = pikepdf.new(), pikepdf.new()
    for source in sources:
        data = source.read_bytes()
        image = images.opened(data)
        turn = images.orientation(image)
        kind = (image.format, image.mode)
        size = image.size if turn < 5 else (image.height, image.width)
        scale = 842 / max(size)
        box = (size[0] * scale, size[1] * scale)
        if kind[0] in {"JPEG", "MPO"} and kind[1] in {"L", "RGB"}:
            _add_page(whole, data, image, box, matrix=_matrix(turn, *box))
            plain = images.flattened(image)
        else:
            plain = images.flattened(image, pixels=MAX_PIXELS)
            _add_page(whole, None, plain, box, matrix=_matrix(1, *box))
            plain = plain.resize(images.fitting(*plain.size, PAGE_PIXELS), Image.Resampling.LANCZOS)
        content, _ = images.encoded(plain)
        _add_page(light, content, plain, box, matrix=_matrix(1, *box))
    whole.save(original, static_id=True)
    reduced = _bytes(light)
    copy.write_bytes(min(reduced, original.read_bytes(), key=len))
    return {"pages": len(sources), "copy_type": "application/pdf"}


def _matrix(turn: int, width: float, height: float) -> tuple[float, ...]:
    """Where the unit square of an image of this camera orientation lands on its upright page."""
    return {
        2: (-width, 0, 0, height, width, 0),
        3: (-width, 0, 0, -height, width, height),
        4: (width, 0, 0, -height, 0, height),
        5: (0, -height, -width, 0, width, height),
        6: (0, -height, width, 0, 0, height),
        7: (0, height, width, 0, 0, 0),
        8: (0, height, -width, 0, width, 0),
    }.get(turn, (width, 0, 0, height, 0, 0))


def _add_page(
    pdf: pikepdf.Pdf, jpeg: bytes | None, image: Image.Image, box: tuple[float, float], *, matrix: tuple[float, ...]
) -> None:
    """A page of `box` points showing the JPEG bytes, or the image's own pixels without loss."""
    stream = pdf.make_stream(jpeg if jpeg is not None else zlib.compress(image.tobytes()))
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height = image.size
    stream.BitsPerComponent = 8
    stream.ColorSpace = pikepdf.Name.DeviceGray if image.mode == "L" else pikepdf.Name.DeviceRGB
    stream.Filter = pikepdf.Name.FlateDecode if jpeg is None else pikepdf.Name.DCTDecode
    page = pdf.add_blank_page(page_size=box)
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=stream))
    numbers = " ".join(f"{value:.3f}" for value in matrix)
    page.obj.Contents = pdf.make_stream(f"q {numbers} cm /Im0 Do Q".encode())


def _bytes(pdf: pikepdf.Pdf) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()


if __name__ == "__main__":
    serve(work)
