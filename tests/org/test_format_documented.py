"""docs/pack-format.md names every key the schema reads."""

import re
from pathlib import Path

import pytest

from sipingtai.core.posts import POST_LABELS
from sipingtai.org import packs
from sipingtai.org.packs.schema import STATEMENTS
from sipingtai.org.packs.schema_limits import CLOCKS
from sipingtai.org.packs.schema_platforms import PLATFORM_FACTS, ROOM_FACTS, STATION_FACTS

SOURCES = Path(packs.__path__[0])
DOCUMENT = (SOURCES.parents[2] / "docs" / "pack-format.md").read_text(encoding="utf-8")
ASKED = re.compile(r"""\.(?:word|words|read|number|day|choice|choices|section|sections|node)\(\s*"([^"]+)\"""")


@pytest.mark.parametrize(
    "module", ["schema.py", "schema_platforms.py", "schema_limits.py", "schema_people.py", "catalogue.py"]
)
def test_every_key_is_documented(module: str) -> None:
    keys = set(ASKED.findall((SOURCES / module).read_text(encoding="utf-8")))
    assert len(keys) > 8
    assert {key for key in keys if f"`{key}`" not in DOCUMENT and f"`{key}:" not in DOCUMENT} == set()


def test_every_statement_role_and_clock_is_documented() -> None:
    statements = {word for key, fields in STATEMENTS.items() for word in (key, *fields)}
    statements |= {*PLATFORM_FACTS, *ROOM_FACTS, *STATION_FACTS}
    assert {word for word in statements if f"`{word}`" not in DOCUMENT} == set()
    assert {label for label in (*POST_LABELS.values(), *CLOCKS) if label not in DOCUMENT} == set()
