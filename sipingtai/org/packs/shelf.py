"""Where packs lie, and how they come off the shelf: found by file or area code, read, merged and checked."""

from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from .borrowing import borrow
from .catalogue import Catalogue, build_catalogue
from .content import Pack
from .findings import Finding, Findings, PackError, Place, suggestion
from .merging import merge
from .reading import read
from .rules import check, check_parents
from .schema import build
from .successions import check_successions

# `sipingtai/presets` is a link to the folder at the repository's root; in a wheel the folder itself lies there.
PRESETS = (Path(__file__).resolve().parents[2] / "presets").resolve()
SUPPLEMENT = ".补充.yaml"


@frozen
class Shelf:
    """Checked packs with the catalogues they name. A county comes before its townships."""

    packs: tuple[Pack, ...]
    catalogues: dict[str, Catalogue]

    def catalogue(self, pack: Pack) -> Catalogue | None:
        """The pack's catalogue, if it names one."""
        return self.catalogues.get(pack.catalogue.name) if pack.catalogue else None


def delivered() -> list[str]:
    """Every pack that lies on the shelf, by file."""
    folder = PRESETS / "townships"
    return sorted(str(p) for p in folder.glob("*.yaml") if not p.name.endswith(SUPPLEMENT))


def earlier(pack: str | Path) -> Path | None:
    """The pack of the set-up before (前架构), where one is delivered: the same file name in the folder `earlier`."""
    found = Path(pack).parent / "earlier" / Path(pack).name
    return found if found.exists() else None


def find(name: str) -> Path:
    """The file meant by a path, an area code or a file's beginning. Raises PackError for none or several."""
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} or path.exists():
        return path
    shelf = [Path(p) for p in delivered()]
    # A whole code first: 331125 means the county, not each of its townships.
    found = [p for p in shelf if p.name.split("-")[0] == name or p.stem == name] or [
        p for p in shelf if p.name.startswith(name) or name in p.stem
    ]
    if len(found) != 1:
        wrong = f"没有乡镇包“{name}”" if not found else f"“{name}”对应 {len(found)} 个包"
        raise PackError([Finding(Place(name, 1), wrong, suggestion(name, [p.stem for p in found or shelf]))])
    return found[0]


def load(names: Iterable[str]) -> Shelf:
    """Read and check the packs named. Raises PackError with every mistake in any of them."""
    findings = Findings()
    packs: list[Pack] = []
    catalogues: dict[str, Catalogue] = {}
    for name in dict.fromkeys(names):
        try:
            pack = _pack(find(name), findings)
            catalogue = _catalogue(pack, catalogues, findings)
        except PackError as error:
            findings.items.extend(f for f in error.findings if f not in findings.items)
            continue
        check(pack, catalogue, findings)
        check_successions(pack, findings)
        packs.append(pack)
    check_parents(packs, findings)
    if findings:
        raise PackError(findings.sorted())
    return Shelf(tuple(sorted(packs, key=lambda p: (len(p.code), p.code))), catalogues)


def _pack(path: Path, findings: Findings) -> Pack:
    tree = borrow(path, findings)
    beside = path.with_name(path.name.removesuffix(path.suffix) + SUPPLEMENT)
    supplement = beside if beside.exists() and beside != path else None
    if supplement:
        tree = merge(tree, borrow(supplement, findings), findings)
    return build(tree, str(path), str(supplement) if supplement else None, findings)


def _catalogue(pack: Pack, known: dict[str, Catalogue], findings: Findings) -> Catalogue | None:
    if pack.catalogue is None:
        return None
    name = pack.catalogue.name
    if name not in known:
        beside = Path(pack.file).with_name(f"{name}.yaml")
        path = beside if beside.exists() else PRESETS / "catalogue" / f"{name}.yaml"
        if not path.exists():
            names = [p.stem for p in (PRESETS / "catalogue").glob("*.yaml")]
            findings.add(pack.catalogue.place, f"没有分类目录“{name}”", suggestion(name, names))
            return None
        known[name] = build_catalogue(read(path), str(path), findings)
    return known[name]
