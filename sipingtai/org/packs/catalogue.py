"""The catalogue of categories (事件分类目录): reading it, and the platform each category belongs to."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from attrs import frozen

from sipingtai.core.limits import Limit

from .findings import Findings, Place, suggestion
from .reading import Mapping as Tree
from .section import Section

LEVELS = {"一级": 1, "二级": 2, "三级": 3, "四级": 4, "五级": 5}
KINDS = {  # core.case.Kind, by its Chinese name
    "事件": "incident",
    "矛盾纠纷": "dispute",
    "隐患": "hazard",
    "便民服务": "service",
    "上级任务": "task",
}
YES = {"是": True, "否": False}


@frozen(kw_only=True)
class PlatformSet:
    """A set of platforms (平台组) that townships of one time have in common."""

    name: str
    platforms: tuple[str, ...]


@frozen(kw_only=True)
class Major:
    """A major category (大类), two digits."""

    code: str
    name: str
    kind: str
    platforms: Mapping[str, str]  # set → platform
    place: Place


@frozen(kw_only=True)
class Minor:
    """A minor category (小类), five digits, the first two those of its major."""

    code: str
    name: str
    level: int
    highest_level: int
    handle: Limit | None
    total: Limit | None
    advisory: bool  # 默认建议值: the limit is our proposal and must be shown as one
    keywords: tuple[str, ...]
    name_source: str
    limit_source: str
    restricted: bool
    police: bool  # 移送公安
    photo: bool
    residual: bool
    hazard: bool  # 公共利益: withdrawing ends only the reporter's part
    place: Place


@frozen(kw_only=True)
class Catalogue:
    """A version of the catalogue."""

    file: str
    name: str
    version: str
    since: date | None
    sets: tuple[PlatformSet, ...]
    majors: tuple[Major, ...]
    categories: tuple[Minor, ...]
    place: Place

    def set_for(self, platforms: set[str]) -> str | None:
        """The platform set that a township with these platforms uses: all of its platforms are in the set."""
        return next((s.name for s in self.sets if platforms and platforms <= set(s.platforms)), None)


def build_catalogue(tree: Tree, file: str, findings: Findings) -> Catalogue:
    """Read a catalogue's tree. Every mistake goes to `findings`."""
    root = Section(tree, "分类目录", findings)
    root.choice("格式", {"1": 1}, required=True)
    root.choice("性质", {"目录": 1}, required=True)
    version = root.word("版本", required=True, longest=32)
    sets = tuple(_set(s) for s in root.sections("平台组"))
    catalogue = Catalogue(
        file=file,
        name=root.name(),
        version=version.name if version else "",
        since=root.day("启用"),
        sets=sets,
        majors=tuple(_major(s, sets) for s in root.sections("大类")),
        categories=tuple(_minor(s) for s in root.sections("小类")),
        place=tree.place,
    )
    root.finish()
    _check(catalogue, findings)
    return catalogue


def _set(s: Section) -> PlatformSet:
    found = PlatformSet(name=s.name(), platforms=tuple(r.name for r in s.words("平台", required=True)))
    s.finish()
    return found


def _major(s: Section, sets: tuple[PlatformSet, ...]) -> Major:
    platforms: dict[str, str] = {}
    belongs = s.section("归口")
    if belongs:
        for group in sets:
            to = belongs.word(group.name)
            if to is None:
                continue
            if to.name not in group.platforms:
                s.findings.add(to.place, f"平台组“{group.name}”里没有“{to.name}”", suggestion(to.name, group.platforms))
            platforms[group.name] = to.name
        belongs.finish()
    major = Major(
        code=s.read("代码", _code(2), required=True) or "",
        name=s.name(),
        kind=s.choice("种类", KINDS) or "incident",
        platforms=platforms,
        place=s.place,
    )
    s.finish()
    return major


def _minor(s: Section) -> Minor:
    level = s.choice("层级", LEVELS, required=True) or 3
    name_source, limit_source = s.word("名称来源", longest=40), s.word("时限来源", longest=40)
    minor = Minor(
        code=s.read("代码", _code(5), required=True) or "",
        name=s.name(),
        level=level,
        highest_level=s.choice("最高层级", LEVELS) or level,
        handle=s.read("办理", Limit.parse),
        total=s.read("总时限", Limit.parse),
        advisory=s.choice("默认建议值", YES) or False,
        keywords=tuple(r.name for r in s.words("关键词", longest=20)),
        name_source=name_source.name if name_source else "",
        limit_source=limit_source.name if limit_source else "",
        restricted=s.choice("限知", YES) or False,
        police=s.choice("移送公安", YES) or False,
        photo=s.choice("照片", YES) or False,
        residual=s.choice("兜底", YES) or False,
        hazard=s.choice("公共利益", YES) or False,
        place=s.place,
    )
    s.finish()
    return minor


def _code(length: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(rf"\d{{{length}}}", text, re.ASCII):
            raise ValueError(f"“{text}”不是 {length} 位数字。大类两位，小类五位，加引号")
        return text

    return parse


def _check(catalogue: Catalogue, findings: Findings) -> None:
    majors = {m.code for m in catalogue.majors}
    seen: dict[str, Place] = {}
    items: tuple[Major | Minor, ...] = (*catalogue.majors, *catalogue.categories)
    for item in items:
        if item.code and item.code in seen:
            findings.add(item.place, f"代码“{item.code}”写了两次（第{seen[item.code].line}行已有）", "改成没用过的代码")
        seen.setdefault(item.code, item.place)
    names: dict[str, Place] = {}
    for minor in catalogue.categories:
        if minor.code and minor.code[:2] not in majors:
            findings.add(minor.place, f"小类“{minor.code}”没有大类“{minor.code[:2]}”", "先在“大类”中写明")
        if minor.name in names:
            findings.add(minor.place, f"小类“{minor.name}”写了两次（第{names[minor.name].line}行已有）", "换一个名称")
        names.setdefault(minor.name, minor.place)
        if minor.highest_level < minor.level:
            findings.add(minor.place, f"小类“{minor.name}”的最高层级低于层级", "对调两项")
