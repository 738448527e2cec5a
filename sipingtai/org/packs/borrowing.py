"""What a pack file takes as it stands from another one (沿用): the villages, grids and limits of an earlier set-up."""

from os.path import normpath
from pathlib import Path

from .findings import Findings, suggestion
from .reading import Listing, Mapping, Node, Text, read

KEY = "沿用"


def borrow(path: Path, findings: Findings) -> Mapping:
    """The file's tree, completed by the sections it takes from another file beside or above it.

    Nothing is taken from what that file takes itself. A list of both is joined, the borrowed entries first.
    Raises PackError where one of the files cannot be read.
    """
    tree = read(path)
    wanted = tree.entries.get(KEY)
    if not isinstance(wanted, Mapping):
        return tree
    name = wanted.entries.get("包")
    if not isinstance(name, Text) or name.empty:
        return tree  # noted by the schema
    other = read(Path(normpath(path.parent / name.value)))
    entries, keys = dict(tree.entries), dict(tree.keys)
    for part in _words(wanted.entries.get("栏目")):
        found = other.entries.get(part.value)
        if found is None:
            findings.add(part.place, f"“{name.value}”没有“{part.value}”", suggestion(part.value, sorted(other.entries)))
            continue
        own = entries.get(part.value)
        if isinstance(own, Listing) and isinstance(found, Listing):
            found = Listing([*found.items, *own.items], own.place)
        elif own is not None:
            findings.add(part.place, f"“{part.value}”又沿用又自己写了", "删去一处")
            continue
        keys.setdefault(part.value, other.keys[part.value])
        entries[part.value] = found
    return Mapping(entries, keys, tree.place)


def _words(node: Node | None) -> list[Text]:
    items = node.items if isinstance(node, Listing) else [node]
    return [item for item in items if isinstance(item, Text) and not item.empty]
