"""The pack format (docs/pack-format.md): which keys exist, and what each of them means.

The reading functions are the only place where the format is written down; json_schema.py runs them to describe it.
"""

import re
from collections.abc import Callable

from sipingtai.core.setting import Level

from .content import Document, Duty, Named, Office, Pack, Plain, Title
from .findings import Findings
from .reading import Mapping as Tree
from .schema_limits import caps, limit, route, sessions
from .schema_people import ROLES, grids, people, staffing, teams, villages
from .schema_platforms import (
    OWED,
    area_above,
    escalation,
    facts,
    flow,
    meeting,
    oversight,
    platform,
    room,
    roster,
    ruling,
    service,
    station,
)
from .section import Section
from .successions import successions

LEVELS = {"村": Level.VILLAGE, "乡镇": Level.TOWNSHIP, "街道": Level.TOWNSHIP, "县": Level.COUNTY, "区": Level.COUNTY}

STATEMENTS: dict[str, tuple[str, ...]] = {
    # Read by mechanisms, not by the loop: kept as written.
    "目标": ("期限", "内容"),
    "沿革": ("原有", "现有"),
    "领导小组": ("组长", "副组长", "组员", "职责", "办事机构"),
    "协调组": ("组长", "条件"),
    "网格": ("基础", "配置", "配备", "队伍", "服务", "巡查"),
    "联合执法": ("指挥", "队伍", "警力保障", "计划", "巡查", "协作"),
    "派驻管理": ("内容",),
    "承接职权": ("内容",),
    "机制": ("名称", "内容"),
    "考核": ("主体", "对象", "事项", "结果"),
    "保障": ("内容",),
    "来源": ("名称", "经由"),
    "对接": ("名称",),
    "存疑": ("原文", "说明"),
}


def build(tree: Tree, file: str, supplement: str | None, findings: Findings) -> Pack:
    """Read the merged tree. Every mistake goes to `findings`; the pack is of use only while there are none."""
    return read_pack(Section(tree, "乡镇包", findings), file, supplement)


def read_pack(root: Section, file: str, supplement: str | None) -> Pack:
    """Ask the root section for every key there is."""
    root.choice("格式", {"1": 1}, required=True)
    root.choice("性质", {"文件": 1, "补充": 2}, required=True)
    area = root.section("地区", required=True)
    scheme = root.section("架构")
    level = (area.choice("层级", LEVELS, required=True) if area else None) or Level.TOWNSHIP
    code = area.read("代码", _area_code(level), required=True, pattern=r"^(\d{6}|\d{9})$") if area else None
    _borrowed(root.section("沿用"))
    hops, station_first = flow(root.section("流转"))
    pack = Pack(
        file=file,
        supplement=supplement,
        place=root.place,
        document=_document(root.section("文件")),
        code=code or "",
        name=area.name() if area else "",
        level=level,
        parent=area.read("上级", area_above, pattern=r"^\d{6}$") if area else None,
        village_count=area.number("行政村数", low=0, high=999) if area else None,
        grid_count=area.number("网格数", low=0, high=9999) if area else None,
        live=root.choice("状态", {"上线": True, "试运行": False}) or False,
        scheme=scheme.word("名称", required=True) if scheme else None,
        since=scheme.day("启用") if scheme else None,
        room=room(root.section("指挥室")),
        titles=tuple(_title(s) for s in root.sections("岗位")),
        offices=tuple(_office(s) for s in root.sections("机构")),
        platforms=tuple(platform(s) for s in root.sections("平台")),
        hops=hops,
        station_first=station_first,
        rulings=tuple(ruling(s) for s in root.sections("裁定")),
        oversight=tuple(oversight(s) for s in root.sections("监督")),
        escalations=tuple(escalation(s) for s in root.sections("上报")),
        answer_owed=root.choice("上报答复", OWED),
        station=station(root.section("村级工作站"), level),
        villages=villages(root.sections("行政村")),
        grids=grids(root.sections("网格单元")),
        lines=_named(root.sections("条线")),
        campaigns=_named(root.sections("专项")),
        meetings=tuple(meeting(s) for s in root.sections("会议")),
        roster=roster(root.section("值班")),
        services=tuple(service(s) for s in root.sections("服务事项")),
        sessions=sessions(root.section("作息")),
        limits=tuple(row for s in root.sections("时限") if (row := limit(s))),
        caps=caps(root.section("上限")),
        people=people(root.sections("人员")),
        staffing=staffing(root.sections("逐一配备")),
        teams=teams(root.sections("组团服务")),
        catalogue=root.word("分类目录"),
        routes=tuple(route(s) for s in root.sections("分类对应")),
        successions=successions(root.sections("接替")),
        statements=_statements(root),
    )
    for part in (area, scheme):
        if part:
            part.clause()
            part.finish()
    root.finish()
    return pack


def _area_code(level: Level) -> Callable[[str], str]:
    length = {Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}[level]

    def parse(text: str) -> str:
        if not re.fullmatch(rf"\d{{{length}}}", text, re.ASCII):
            raise ValueError(f"“{text}”不是 {length} 位区划代码。县 6 位，乡镇 9 位，村 12 位，加引号")
        return text

    return parse


def _borrowed(s: Section | None) -> None:
    """What borrowing.borrow has carried out before."""
    if s:
        s.word("包", required=True)
        s.words("栏目", required=True)
        s.finish()


def _document(s: Section | None) -> Document:
    if s is None:
        return Document()
    title, basis = s.word("标题", required=True, longest=200), s.word("上位依据")
    document = Document(
        title=title.name if title else "",
        issuers=tuple(r.name for r in s.words("发文")),
        issued=s.day("日期"),
        basis=basis.name if basis else "",
    )
    s.finish()
    return document


def _title(s: Section) -> Title:
    title = Title(name=s.name(), role=s.choice("角色", ROLES), place=s.place)
    s.clause()
    s.finish()
    return title


def _office(s: Section) -> Office:
    office = Office(
        name=s.name(),
        dispatched=s.choice("归属", {"属地": False, "派驻": True}) or False,
        duties=tuple(_duty(d) for d in s.sections("职责")),
        same_as=s.word("同一"),
        successor=s.word("接替"),
        clause=s.clause(),
        place=s.place,
    )
    s.finish()
    return office


def _duty(s: Section) -> Duty:
    number, text = s.word("编号", required=True, longest=16), s.word("内容", required=True, longest=300)
    duty = Duty(number=number.name if number else "", text=text.name if text else "", clause=s.clause())
    s.finish()
    return duty


def _named(sections: list[Section]) -> tuple[Named, ...]:
    found = []
    for s in sections:
        found.append(Named(name=s.name(), clause=s.clause(), place=s.place))
        s.finish()
    return tuple(found)


def _statements(root: Section) -> dict[str, list[Plain]]:
    return {key: found for key, fields in STATEMENTS.items() if (found := [_plain(p, fields) for p in root.parts(key)])}


def _plain(s: Section, fields: tuple[str, ...]) -> Plain:
    plain = dict(facts(s, fields))
    clause = s.clause()
    if clause:
        plain["依据"] = clause
    s.finish()
    return plain
