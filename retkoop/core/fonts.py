"""Which characters the printed pages can show.

An accessible PDF refuses a character that its font lacks, so an emoji in a
label would stop a whole book from being printed. The fonts' own tables say
what they hold; the rest is printed as a square.
"""

import struct
import unicodedata
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "pdf_templates" / "fonts"
MISSING = "\u25a1"
_KEPT = "\n\u200b"  # line ends, and places where a long word may break


@cache
def coverage() -> frozenset[int]:
    """Code points that every font of the house holds."""
    return frozenset.intersection(*(_held(path.read_bytes()) for path in sorted(FOLDER.glob("*.ttf"))))


def printable(text: str) -> str:
    """The text with letters composed, unseen controls left out, and a square for what no font holds."""
    held = coverage()
    out = []
    for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        if char in _KEPT or ord(char) in held:
            out.append(char)
        elif char.isspace():
            out.append(" ")
        elif unicodedata.category(char) not in {"Cc", "Cf", "Cs"}:
            out.append(MISSING)
    return "".join(out)


def _held(font: bytes) -> frozenset[int]:
    """The characters of a TrueType font, from its `cmap` table of format 4 (the basic plane)."""
    count = struct.unpack_from(">H", font, 4)[0]
    records = [struct.unpack_from(">4sIII", font, 12 + 16 * index) for index in range(count)]
    base = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    for index in range(struct.unpack_from(">H", font, base + 2)[0]):
        offset = base + struct.unpack_from(">HHI", font, base + 4 + 8 * index)[2]
        if struct.unpack_from(">H", font, offset)[0] == 4:
            return _segments(font, offset)
    raise ValueError("no character table of format 4 in this font")


def _segments(font: bytes, offset: int) -> frozenset[int]:
    size = struct.unpack_from(">H", font, offset + 6)[0] // 2
    ends = struct.unpack_from(f">{size}H", font, offset + 14)
    starts = struct.unpack_from(f">{size}H", font, offset + 16 + 2 * size)
    deltas = struct.unpack_from(f">{size}H", font, offset + 16 + 4 * size)
    ranges_at = offset + 16 + 6 * size
    held = set()
    for index, (start, end, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        place = ranges_at + 2 * index
        jump = struct.unpack_from(">H", font, place)[0]
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code if jump == 0 else struct.unpack_from(">H", font, place + jump + 2 * (code - start))[0]
            if (glyph + delta) & 0xFFFF if jump == 0 or glyph else 0:
                held.add(code)
    return frozenset(held)
