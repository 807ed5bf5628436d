"""Canonical JSON: the same data always gives the same bytes (sorted keys, integers, UTF-8)."""

import hashlib
import json
from typing import Any

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_NESTED = (float, dict, list, tuple)


def dumps(data: Any) -> str:
    """Compact JSON with sorted keys; floats are refused (ValueError), money is integer cents."""
    _refuse_floats(data)
    return _ENCODER.encode(data)


def sha256(text: str) -> str:
    """Hex digest of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_floats(data: Any) -> None:
    if isinstance(data, float):
        message = f"no float in canonical data: {data!r}"
        raise ValueError(message)
    if isinstance(data, dict):
        for value in data.values():
            if isinstance(value, _NESTED):
                _refuse_floats(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            if isinstance(value, _NESTED):
                _refuse_floats(value)
