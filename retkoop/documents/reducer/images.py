"""Photos and scans: decoded for good, made upright, stripped of everything but pixels, reduced.

The size is chosen by surface, not by box, so that a long till receipt keeps
its letters. Metadata (place, device, thumbnail) never reach the copy.
"""

import io
import math
from pathlib import Path

from PIL import Image

from retkoop.documents.reducer.common import (
    DAMAGED,
    FLOOR_PIXELS,
    LONGEST_SIDE,
    MAX_PIXELS,
    PAGE_BYTES,
    PAGE_PIXELS,
    Answer,
    Job,
    Refusal,
    serve,
    too_many_pixels,
)

Image.MAX_IMAGE_PIXELS = None  # our own limit is lower, and is checked on the header
FORMATS = ("JPEG", "PNG", "WEBP")
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def work(job: Job) -> Answer:
    """`{"source", "copy"}` → a reduced copy without suffix rules, its type and its pages."""
    source = Path(job["source"])
    content, content_type = reduced(source.read_bytes(), ceiling=source.stat().st_size)
    Path(job["copy"]).write_bytes(content)
    return {"pages": 1, "copy_type": content_type}


def reduced(data: bytes, *, ceiling: int) -> tuple[bytes, str]:
    """The copy's bytes (at most `ceiling`) and content type. Raises Refusal."""
    image = opened(data)
    return encoded(flattened(image), ceiling=ceiling)


def opened(data: bytes) -> Image.Image:
    """The image, header read and size accepted, pixels not yet decoded. Raises Refusal."""
    _refuse_large_webp(data)
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.format == "PNG" and image.width * image.height <= MAX_PIXELS:
            image.verify()  # the decoder itself would not notice a changed byte
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Refusal(DAMAGED) from error
    if image.width * image.height > MAX_PIXELS:
        raise too_many_pixels(image.width, image.height)
    return image


def _refuse_large_webp(data: bytes) -> None:
    # Opening a WebP allocates its whole canvas, so its header is read by hand first.
    if data[8:16] == b"WEBPVP8X" and len(data) > 30:
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
    elif data[8:16] == b"WEBPVP8L" and len(data) > 25:
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif data[8:16] == b"WEBPVP8 " and len(data) > 30:
        width = int.from_bytes(data[26:28], "little") & 0x3FFF
        height = int.from_bytes(data[28:30], "little") & 0x3FFF
    else:
        return
    if width * height > MAX_PIXELS:
        raise too_many_pixels(width, height)


def orientation(image: Image.Image) -> int:
    """The camera's orientation tag, 1 to 8; 1 when absent or unreadable."""
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - a broken tag is no reason to refuse a readable photo
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def flattened(image: Image.Image, pixels: int = PAGE_PIXELS, *, upright: bool = True) -> Image.Image:
    """Upright grey or RGB pixels on white, at most about `pixels` of them. Raises OSError when cut short."""
    turn = UPRIGHT.get(orientation(image)) if upright else None
    size = fitting(image.width, image.height, pixels)
    if image.format in {"JPEG", "MPO"}:
        image.draft(None, size)  # decodes at a half, a quarter… when that is enough
    image.load()
    plain = _banded(image, size)
    if plain.width > size[0] or plain.height > size[1]:
        plain = plain.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return plain.transpose(turn) if turn is not None else plain


def _banded(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The image in plain grey or RGB; a very large one is shrunk band by band, to hold it only once in memory."""
    factor = min(image.width // size[0], image.height // size[1])
    if factor < 2:
        return _plain(image)
    small: Image.Image | None = None
    step = factor * 64
    for top in range(0, image.height, step):
        band = _plain(image.crop((0, top, image.width, min(top + step, image.height)))).reduce(factor)
        if small is None:
            small = Image.new(band.mode, (band.width, -(-image.height // factor)))
        small.paste(band, (0, top // factor))
    return small if small is not None else _plain(image)


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in {"L", "RGB"}:
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        colours = image.convert("RGBA")
        white = Image.new("RGB", colours.size, "white")
        white.paste(colours, mask=colours.getchannel("A"))
        return white
    return image.convert("RGB")


def fitting(width: float, height: float, pixels: int) -> tuple[int, int]:
    """The size of the same shape with at most `pixels` points and no side over 6,000; never larger."""
    scale = min(1.0, math.sqrt(pixels / (width * height)), LONGEST_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def encoded(image: Image.Image, *, ceiling: int | None = None) -> tuple[bytes, str]:
    """A JPEG, within 200 KB where it stays legible; never more than `ceiling` bytes, in another form if need be."""
    image = image.copy()
    image.info.clear()  # some writers would copy a comment or a colour profile from there
    wanted = PAGE_BYTES if ceiling is None else min(PAGE_BYTES, ceiling)
    fine = _jpeg(image, 66)
    if len(fine) <= wanted:
        finer = _jpeg(image, 80)
        return finer if len(finer) <= wanted else fine, "image/jpeg"
    coarse = _jpeg(image, 50)
    small = image.resize(fitting(*image.size, FLOOR_PIXELS), Image.Resampling.LANCZOS)
    for content in (coarse, _jpeg(small, 50), _jpeg(small, 40)):
        if len(content) <= wanted:
            return content, "image/jpeg"
    if ceiling is None or len(content) <= ceiling:
        return content, "image/jpeg"
    return _under(ceiling, image, small)


def _under(ceiling: int, image: Image.Image, small: Image.Image) -> tuple[bytes, str]:
    """A copy of at most `ceiling` bytes of an original that was already very small: without loss if it can be."""
    for content, content_type in (
        (_jpeg(image, 25), "image/jpeg"),
        (_saved(image.quantize(16), "PNG", optimize=True), "image/png"),
        (_saved(image, "WEBP", lossless=True), "image/webp"),
    ):
        if len(content) <= ceiling:
            return content, content_type
    while len(content := _saved(small, "WEBP", quality=40)) > ceiling and small.size != (1, 1):
        small = small.resize((max(1, small.width * 3 // 4), max(1, small.height * 3 // 4)), Image.Resampling.LANCZOS)
    return content, "image/webp"


def _jpeg(image: Image.Image, quality: int) -> bytes:
    return _saved(image, "JPEG", quality=quality, optimize=True, progressive=True)


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


if __name__ == "__main__":
    serve(work)
