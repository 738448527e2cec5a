"""Lay a supplement (补充) under its document (文件): add what is missing, never overrule what is stated."""

from .findings import Findings
from .reading import Listing, Mapping, Node, Text

NAMES = ("名称", "事项")  # the keys by which items of two lists are the same thing
OWN = frozenset({"格式", "性质"})  # each file speaks of itself


def merge(document: Mapping, supplement: Mapping, findings: Findings) -> Mapping:
    """One tree of both. Every node keeps the place it came from, so that facts and supplements stay apart."""
    kept = {key: node for key, node in supplement.entries.items() if key not in OWN}
    return _mappings(document, Mapping(kept, supplement.keys, supplement.place), findings)


def _mappings(stated: Mapping, added: Mapping, findings: Findings) -> Mapping:
    entries = dict(stated.entries)
    keys = dict(stated.keys)
    for key, node in added.entries.items():
        if key in entries:
            entries[key] = _nodes(key, entries[key], node, findings)
        else:
            entries[key] = node
            keys[key] = added.keys[key]
    return Mapping(entries, keys, stated.place)


def _nodes(key: str, stated: Node, added: Node, findings: Findings) -> Node:
    if isinstance(stated, Mapping) and isinstance(added, Mapping):
        return _mappings(stated, added, findings)
    if isinstance(stated, Listing) and isinstance(added, Listing):
        return _listings(key, stated, added, findings)
    if not (isinstance(stated, Text) and isinstance(added, Text) and stated.value == added.value):
        findings.add(
            added.place,
            f"补充与文件（{stated.place}）写的“{key}”不一致",
            "补充只能添文件没写的；删去这一项，文件确已更正的改文件",
        )
    return stated


def _listings(key: str, stated: Listing, added: Listing, findings: Findings) -> Listing:
    items = list(stated.items)
    positions = {name: index for index, item in enumerate(items) if (name := _name(item))}
    for item in added.items:
        name = _name(item)
        at = positions.get(name) if name else None
        if at is None:
            items.append(item)
        else:
            items[at] = _nodes(key, items[at], item, findings)
    return Listing(items, stated.place)


def _name(node: Node) -> str | None:
    if isinstance(node, Mapping):
        for key in NAMES:
            named = node.entries.get(key)
            if isinstance(named, Text) and named.value:
                return named.value
    return None
