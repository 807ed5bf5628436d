"""What a parser may do, or may be made to do by a hostile file; run inside the sandbox by its tests."""

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path


def drawn(payload: bytes) -> bytes:
    """A 12-megapixel photo opened, turned and written again, as the documents room does."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(Image.open(io.BytesIO(payload))).convert("RGB")
    image.thumbnail((1700, 1700))
    target = io.BytesIO()
    image.save(target, "JPEG", quality=70)
    return target.getvalue()


def rendered(payload: bytes) -> bytes:
    """The first page of a PDF as a picture of 150 dots an inch."""
    import pypdfium2

    target = io.BytesIO()
    pypdfium2.PdfDocument(payload)[0].render(scale=150 / 72).to_pil().save(target, "JPEG")
    return target.getvalue()


def seen() -> bytes:
    """What the child knows of the outside."""
    return json.dumps([sorted(os.environ), str(Path.cwd()), "django" in sys.modules]).encode()


def wrote(path: str) -> bytes:
    Path(path).write_bytes(b"x" * 2_000_000)
    return b"written"


def main(word: str, rest: bytes) -> bytes:
    """Answers a payload `word:rest`."""
    if word == "refuse":
        sys.stderr.write(rest.decode())
        sys.exit(3)
    if word == "spin":
        while True:
            pass
    if word == "silent":  # says that it has ended, and goes on
        os.close(1)
        os.close(2)
    if word in {"sleep", "silent"}:
        time.sleep(60)
    if word == "orphan":  # ends at once, leaving a process that holds its pipes
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        return b"left"
    if word == "bomb":
        return bytes(bytearray(10**10))
    if word == "flood":
        while True:
            sys.stdout.buffer.write(b"x" * 65536)
    if word == "abort":
        os.abort()
    if word == "write":
        return wrote(rest.decode())
    answers = {"echo": lambda: rest, "see": seen, "draw": lambda: drawn(rest), "render": lambda: rendered(rest)}
    return answers[word]()


if __name__ == "__main__":
    first, _, others = sys.stdin.buffer.read().partition(b":")
    sys.stdout.buffer.write(main(first.decode(), others))
