"""Canonical JSON: the same data always gives the same bytes (sorted keys, integers, UTF-8)."""

import hashlib
import json
from typing import Any


def dumps(data: Any) -> str:
    """Compact JSON with sorted keys; floats are refused (ValueError), money is integer cents."""
    _refuse_floats(data)
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text: str) -> str:
    """Hex digest of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_floats(data: Any) -> None:
    if isinstance(data, float):
        message = f"no float in canonical data: {data!r}"
        raise ValueError(message)
    if isinstance(data, dict):
        for value in data.values():
            _refuse_floats(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            _refuse_floats(value)
