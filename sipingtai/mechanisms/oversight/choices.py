"""What a record of accountability chooses from: data, read once (presets/oversight/measures.yaml)."""

from functools import cache

from ruamel.yaml import YAML

from sipingtai.org.packs.shelf import PRESETS


def measures() -> tuple[str, ...]:
    """问责措施, in the order of their weight."""
    return _read()["问责措施"]


def levels() -> tuple[str, ...]:
    """责任层级: at which level of the unit the responsibility lies; never a person."""
    return _read()["责任层级"]


@cache
def _read() -> dict[str, tuple[str, ...]]:
    found = YAML(typ="safe").load((PRESETS / "oversight" / "measures.yaml").read_text("utf-8"))
    return {name: tuple(words) for name, words in found.items()}
