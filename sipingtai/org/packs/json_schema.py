"""A JSON Schema of the pack format, for editors: drawn by letting the reading functions ask for every key there is.

    python -m sipingtai.org.packs.json_schema      # writes presets/乡镇包.schema.json

One schema serves document and supplement alike. Each is half of a pack, so a key is required only where nothing could
complete it: at the head of the file, and in a list whose items have no name to join by.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from attrs import field, frozen

from .findings import Findings, Place
from .merging import NAMES
from .reading import Mapping as Tree
from .reading import Node
from .schema import read_pack
from .section import LONGEST, Ref, Section
from .shelf import PRESETS

T = TypeVar("T")
Json = dict[str, object]

FILE = PRESETS / "乡镇包.schema.json"
NOWHERE = Place("", 0)
POINT: Json = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}


@frozen
class Probe(Section):
    """A section that has every key it is asked for, empty, and keeps a note of what was asked."""

    notes: dict[str, Callable[[], Json]] = field(factory=dict)  # drawn afterwards: a child is still being asked
    needed: list[str] = field(factory=list)

    def draw(self, required: list[str] | None = None) -> Json:
        """The schema of the mapping."""
        return {
            "type": ["object", "null"],
            "properties": {key: note() for key, note in self.notes.items()},
            "additionalProperties": False,
            **({"required": required} if required else {}),
        }

    def item(self) -> Json:
        """The schema of the mapping as one of a list."""
        joined = [key for key in self.needed if key in NAMES]
        return {**self.draw(joined or self.needed), "type": "object"}

    def has(self, key: str) -> bool:
        return key in self.notes

    def word(self, key: str, *, required: bool = False, longest: int = LONGEST) -> Ref | None:
        self._note(key, _text(longest), required)
        return Ref("", NOWHERE)

    def words(self, key: str, *, required: bool = False, longest: int = LONGEST) -> tuple[Ref, ...]:
        self._note(key, _one_or_more(_text(longest)), required)
        return ()

    def read(
        self,
        key: str,
        parse: Callable[[str], T],  # noqa: ARG002
        *,
        required: bool = False,
        pattern: str = "",
    ) -> T | None:
        self._note(key, {**_text(LONGEST), **({"pattern": pattern} if pattern else {})}, required)
        return None

    def number(self, key: str, *, low: int, high: int) -> int | None:
        self._note(key, {"type": ["integer", "null"], "minimum": low, "maximum": high})
        return None

    def day(self, key: str) -> None:
        self._note(key, {"type": ["string", "null"], "pattern": r"^\d{4}-\d{2}-\d{2}$"})

    def choice(self, key: str, choices: Mapping[str, T], *, required: bool = False) -> T | None:
        self._note(key, _choice(choices), required)
        return None

    def choices(self, key: str, choices: Mapping[str, T]) -> tuple[T, ...]:
        self._note(key, _one_or_more(_choice(choices)))
        return ()

    def section(self, key: str, *, required: bool = False) -> "Probe":
        child = _probe(key)
        self._note(key, child.draw, required)
        return child

    def sections(self, key: str) -> list[Section]:
        child = _probe(key)
        self._note(key, lambda: _list(child))
        return [child]

    def parts(self, key: str) -> list[Section]:
        child = _probe(key)
        self._note(key, lambda: {"anyOf": [child.draw(), _list(child)]})
        return [child]

    def node(self, key: str) -> Node | None:
        # The one thing written as bare numbers: a ring of longitude and latitude.
        self._note(key, {"type": ["array", "null"], "items": POINT, "minItems": 4})
        return None

    def finish(self) -> None:
        """Nothing is unknown here."""

    def _note(self, key: str, what: Json | Callable[[], Json], required: bool = False) -> None:
        self.notes[key] = what if callable(what) else lambda: what
        if required and key not in self.needed:
            self.needed.append(key)


def describe() -> Json:
    """The schema, as plain JSON values."""
    root = _probe("乡镇包")
    read_pack(root, "", None)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "乡镇包（文件或补充）",
        **root.draw(["格式", "性质"]),
        "type": "object",
    }


def text() -> str:
    """The schema as it lies in the file: a line for each key of a pack."""
    schema = describe()
    keys = schema.pop("properties")
    assert isinstance(keys, dict)
    head = ",\n".join(f"{_compact(key)}: {_compact(value)}" for key, value in schema.items())
    body = ",\n".join(f"{_compact(key)}: {_compact(value)}" for key, value in keys.items())
    return f'{{\n{head},\n"properties": {{\n{body}\n}}\n}}\n'


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _probe(title: str) -> Probe:
    return Probe(Tree({}, {}, NOWHERE), title, Findings())


def _text(longest: int) -> Json:
    # YAML reads 1 or 2016 as numbers; the packs' reader takes every scalar as text.
    return {"type": ["string", "number", "null"], "maxLength": longest}


def _choice(choices: Mapping[str, object]) -> Json:
    return {"enum": [int(c) if c.isdecimal() else c for c in choices] + [None]}


def _one_or_more(one: Json) -> Json:
    return {"anyOf": [one, {"type": "array", "items": one, "uniqueItems": True}]}


def _list(child: Probe) -> Json:
    return {"type": ["array", "null"], "items": child.item()}


if __name__ == "__main__":
    Path(FILE).write_text(text(), encoding="utf-8")
