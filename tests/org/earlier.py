"""The set-ups two townships had before (旧架构): what differs stands in tests/org/packs, the rest is as delivered."""

import re
from pathlib import Path

from sipingtai.org.packs.shelf import PRESETS

PACKS = Path(__file__).with_name("packs")
ALIKE = (
    "格式", "性质", "状态", "岗位", "逐一配备", "上报", "上报答复", "村级工作站", "作息", "行政村", "网格单元", "时限",
    "上限", "分类目录",
)  # fmt: skip


def earlier(name: str, folder: Path) -> Path:
    """Write the earlier pack of a township (“331102102-大港头镇”) with its supplement into a folder."""
    pack = folder / f"{name}.旧架构.yaml"
    pack.write_text((PACKS / pack.name).read_text("utf-8"), "utf-8")
    supplement = sections(PRESETS / "townships" / f"{name}.补充.yaml")
    kept = "\n".join(supplement[key] for key in ALIKE)
    (folder / f"{name}.旧架构.补充.yaml").write_text(kept, "utf-8")
    return pack


def sections(path: Path) -> dict[str, str]:
    """The top-level keys of a pack file, each with its lines."""
    parts = re.split(r"^(?=[^\s#-][^:\n]*:)", path.read_text("utf-8"), flags=re.M)
    return {part.split(":")[0]: part for part in parts if not part.startswith("#")}
