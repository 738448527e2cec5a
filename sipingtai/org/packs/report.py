"""What a pack says, in three heaps: stated by the document, added by us, and still missing."""

from collections.abc import Iterator
from pathlib import Path

from .catalogue import Catalogue
from .content import Pack
from .gaps import gaps
from .reading import Listing, Mapping, Node, read


def report(pack: Pack, catalogue: Catalogue | None) -> Iterator[str]:
    """Lines for the terminal."""
    yield f"{pack.name}（{pack.code}）"
    title = f"《{pack.document.title}》" if pack.document.title else ""
    day = pack.document.issued.isoformat() if pack.document.issued else ""
    yield f"  文件载明{title}{day}"
    yield from _contents(pack.file)
    if pack.supplement:
        yield "  本系统补充"
        yield from _contents(pack.supplement)
    if catalogue:
        advisory = sum(c.advisory for c in catalogue.categories)
        count = len(catalogue.categories)
        yield f"  分类目录：{catalogue.name} {catalogue.version}，{count} 类，其中 {advisory} 类的时限为默认建议值"
    missing = gaps(pack, catalogue)
    yield f"  缺口：{len(missing) or '无'}"
    yield from (f"    {gap}" for gap in missing)


def _contents(file: str) -> Iterator[str]:
    for key, node in read(Path(file)).entries.items():
        if key not in {"格式", "性质", "文件"}:
            yield f"    {key}：{_summary(node)}"


def _summary(node: Node) -> str:
    if isinstance(node, Listing):
        names = [n for item in node.items if (n := _name(item))]
        shown = "、".join(names[:6]) + (" 等" if len(names) > 6 else "")
        return f"{len(node.items)} 项" + (f"（{shown}）" if names else "")
    if isinstance(node, Mapping):
        return "；".join(f"{key} {_summary(value)}" for key, value in node.entries.items())
    return node.value


def _name(node: Node) -> str:
    if isinstance(node, Mapping):
        for key in ("名称", "事项", "内容", "账号", "分类", "时钟", "对象"):
            found = node.entries.get(key)
            if found is not None and not isinstance(found, Listing | Mapping):
                return found.value
        return ""
    return "" if isinstance(node, Listing) else node.value
