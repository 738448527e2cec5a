"""Values as the text format of COPY wants them."""

import json
import uuid
from datetime import date, datetime
from typing import Any

_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def cell(value: Any) -> str:
    """One value of a row. Raises TypeError for what no table of ours holds."""
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case int() | uuid.UUID():
            return str(value)
        case float():
            return repr(value)
        case str():
            return value.translate(_ESCAPED)
        case bytes() | memoryview():
            return f"\\\\x{bytes(value).hex()}"
        case datetime() | date():
            return value.isoformat()
        case list():
            return "{" + ",".join(cell(v) for v in value) + "}"
        case dict():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    raise TypeError(type(value).__name__)
