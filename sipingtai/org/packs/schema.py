"""The pack format (docs/pack-format.md): which keys exist, and what each of them means."""

import re
from collections.abc import Callable
from datetime import time
from itertools import pairwise

from sipingtai.core.clocks import ClockKind
from sipingtai.core.limits import Limit
from sipingtai.core.posts import POST_LABELS
from sipingtai.core.setting import Level, Urgency

from .content import (
    Caps,
    Document,
    Duty,
    Escalation,
    LimitRow,
    Meeting,
    Named,
    Office,
    Pack,
    Plain,
    Platform,
    Route,
    Ruling,
    Station,
    Title,
)
from .findings import Findings
from .reading import Mapping as Tree
from .schema_people import grids, people, staffing, villages
from .section import Ref, Section

LEVELS = {"村": Level.VILLAGE, "乡镇": Level.TOWNSHIP, "街道": Level.TOWNSHIP, "县": Level.COUNTY, "区": Level.COUNTY}
HANDLING_LEVELS = {"一级": 1, "二级": 2, "三级": 3, "四级": 4, "五级": 5}
CLOCKS = {kind.label: kind for kind in ClockKind if kind is not ClockKind.SUSPENSION}
URGENCIES = {urgency.label: urgency for urgency in Urgency}
ROLES = {label: post for post, label in POST_LABELS.items()}
CADENCES = {word: word for word in ("每日", "每周", "每月", "每季", "每年")}
PATHS = {  # how many hops a dispatch takes
    ("指挥室", "科室"): 1,
    ("指挥室", "平台"): 2,
    ("指挥室", "平台", "科室"): 2,
}

STATEMENTS: dict[str, tuple[str, ...]] = {
    # Read by mechanisms, not by the loop: kept as written.
    "领导小组": ("组长", "副组长", "组员", "职责"),
    "协调组": ("组长", "条件"),
    "网格": ("基础", "配置", "配备", "巡查"),
    "联合执法": ("指挥", "队伍", "警力保障"),
    "派驻管理": ("内容",),
    "来源": ("名称",),
    "对接": ("名称",),
    "存疑": ("原文", "说明"),
}


def build(tree: Tree, file: str, supplement: str | None, findings: Findings) -> Pack:
    """Read the merged tree. Every mistake goes to `findings`; the pack is of use only while there are none."""
    root = Section(tree, "乡镇包", findings)
    root.choice("格式", {"1": 1}, required=True)
    root.choice("性质", {"文件": 1, "补充": 2})
    area = root.section("地区", required=True)
    scheme = root.section("架构")
    room = root.section("指挥室")
    flow = root.section("流转")
    level = (area.choice("层级", LEVELS, required=True) if area else None) or Level.TOWNSHIP
    code = area.read("代码", _area_code(level), required=True) if area else None
    pack = Pack(
        file=file,
        supplement=supplement,
        place=tree.place,
        document=_document(root.section("文件")),
        code=code or "",
        name=area.name() if area else "",
        level=level,
        parent=area.read("上级", _digits) if area else None,
        village_count=area.number("行政村数", low=0, high=999) if area else None,
        grid_count=area.number("网格数", low=0, high=9999) if area else None,
        live=root.choice("状态", {"上线": True, "试运行": False}) or False,
        scheme=scheme.word("名称", required=True) if scheme else None,
        since=scheme.day("启用") if scheme else None,
        room=room.word("名称", required=True) if room else None,
        housed_in=room.word("设在") if room else None,
        titles=tuple(_title(s) for s in root.sections("岗位")),
        offices=tuple(_office(s) for s in root.sections("机构")),
        platforms=tuple(_platform(s) for s in root.sections("平台")),
        hops=_hops(flow) if flow else None,
        rulings=tuple(_ruling(s) for s in root.sections("裁定")),
        escalations=tuple(_escalation(s) for s in root.sections("上报")),
        answer_owed=root.choice("上报答复", {"应答复": True, "移交": False}),
        station=_station(root.section("村级工作站")),
        villages=villages(root.sections("行政村")),
        grids=grids(root.sections("网格单元")),
        lines=_named(root.sections("条线")),
        campaigns=_named(root.sections("专项")),
        meetings=tuple(_meeting(s) for s in root.sections("会议")),
        sessions=_sessions(root.section("作息")),
        limits=tuple(row for s in root.sections("时限") if (row := _limit(s))),
        caps=_caps(root.section("上限")),
        people=people(root.sections("人员")),
        staffing=staffing(root.sections("逐一配备")),
        catalogue=root.word("分类目录"),
        routes=tuple(_route(s) for s in root.sections("分类对应")),
        statements=_statements(root),
    )
    for part in (area, scheme, room):
        if part:
            part.clause()
    if room:
        room.words("职能")
    for part in (root, area, scheme, room):
        if part:
            part.finish()
    return pack


def _area_code(level: Level) -> Callable[[str], str]:
    length = {Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}[level]

    def parse(text: str) -> str:
        if not re.fullmatch(rf"\d{{{length}}}", text, re.ASCII):
            raise ValueError(f"“{text}”不是 {length} 位区划代码。县 6 位，乡镇 9 位，村 12 位，加引号")
        return text

    return parse


def _digits(text: str) -> str:
    if not re.fullmatch(r"\d{6}(\d{3})?", text, re.ASCII):
        raise ValueError(f"“{text}”不是上级的区划代码。县 6 位，乡镇 9 位，加引号")
    return text


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


def _platform(s: Section) -> Platform:
    heads = s.words("分管领导")
    for extra in heads[1:]:
        s.findings.add(extra.place, f"{s.title}写了两名分管领导", "只留一名负总责的，其余写入“协同”所属机构")
    platform = Platform(
        name=s.name(),
        head=heads[0] if heads else None,
        lead=s.word("牵头"),
        managing=s.word("日常管理"),
        members=s.words("协同"),
        functions=tuple(r.name for r in s.words("职能")),
        clause=s.clause(),
        place=s.place,
    )
    s.finish()
    return platform


def _hops(s: Section) -> int | None:
    path = s.words("路径", required=True)
    s.word("平台经手")
    s.clause()
    s.finish()
    steps = tuple(r.name for r in path)
    if steps and steps not in PATHS:
        s.findings.add(
            s.place_of("路径"), f"流转路径“{'→'.join(steps)}”不认得", "写 [指挥室, 平台, 科室] 或 [指挥室, 科室]"
        )
    return PATHS.get(steps)


def _ruling(s: Section) -> Ruling:
    matter = s.word("事项", required=True)
    ruling = Ruling(
        matter=matter.name if matter else "", by=s.words("由", required=True), clause=s.clause(), place=s.place
    )
    s.finish()
    return ruling


def _escalation(s: Section) -> Escalation:
    matter, through = s.word("事项", required=True), s.word("经由")
    escalation = Escalation(
        matter=matter.name if matter else "",
        to=s.read("去向", _digits, required=True) or "",
        through=through.name if through else "",
        clause=s.clause(),
        place=s.place_of("去向"),
    )
    s.word("反馈")
    s.finish()
    return escalation


def _station(s: Section | None) -> Station | None:
    if s is None:
        return None
    s.choice("设置", {"每村": True}, required=True)
    owed = s.choice("上报答复", {"应答复": True, "移交": False}, required=True)
    s.clause()
    s.finish()
    return Station(answer_owed=bool(owed), place=s.place)


def _named(sections: list[Section]) -> tuple[Named, ...]:
    found = []
    for s in sections:
        found.append(Named(name=s.name(), clause=s.clause(), place=s.place))
        s.finish()
    return tuple(found)


def _meeting(s: Section) -> Meeting:
    meeting = Meeting(
        name=s.name(),
        cadence=s.choice("周期", CADENCES) or "",
        conveners=s.words("召集"),
        platforms=s.words("平台"),
        topics=tuple(r.name for r in s.words("议题")),
        clause=s.clause(),
        place=s.place,
    )
    s.finish()
    return meeting


def _sessions(s: Section | None) -> tuple[tuple[time, time], ...]:
    if s is None:
        return ()

    def span(text: str) -> tuple[time, time]:
        parts = re.fullmatch(r"(\d{2}:\d{2})-(\d{2}:\d{2})", text, re.ASCII)
        try:
            if parts is None:
                raise ValueError
            opens, closes = time.fromisoformat(parts[1]), time.fromisoformat(parts[2])
        except ValueError:
            raise ValueError(f"“{text}”不是一段时间。写成 08:30-12:00 这样") from None
        if opens >= closes:
            raise ValueError(f"“{text}”的结束不晚于开始。先写上班、后写下班")
        return opens, closes

    spans = [found for key in ("上午", "下午", "晚间") if (found := s.read(key, span))]
    for earlier, later in pairwise(spans):
        if earlier[1] > later[0]:
            s.findings.add(s.place, "作息各段互相重叠", "按上午、下午、晚间的先后改写")
            return ()
    s.finish()
    return tuple(spans)


def _limit(s: Section) -> LimitRow | None:
    clock = s.choice("时钟", CLOCKS, required=True)
    level = s.choice("层级", HANDLING_LEVELS) or 0
    urgency = s.choice("紧急", URGENCIES) or Urgency.NORMAL
    limit = s.read("时限", Limit.parse, required=True)
    s.clause()
    s.finish()
    if clock is None or limit is None:
        return None
    return LimitRow(clock=clock, level=level, urgency=urgency, limit=limit, place=s.place)


def _caps(s: Section | None) -> Caps:
    if s is None:
        return Caps()
    levels = tuple(HANDLING_LEVELS[r.name] for r in s.words("自结层级") if r.name in HANDLING_LEVELS)
    caps = Caps(
        extension_times=s.number("延期次数", low=0, high=9),
        extension_days=s.number("延期合计", low=0, high=365),
        suspension_times=s.number("挂起次数", low=0, high=9),
        suspension_days=s.number("挂起合计", low=0, high=730),
        rework_cap=s.number("返工次数", low=1, high=9),
        settle_levels=levels if s.has("自结层级") else None,
        settle_sample_percent=s.number("自结抽查", low=0, high=100),
        follow_up_days=s.number("回访逾期", low=1, high=60),
        reopen_days=s.number("重开期限", low=0, high=365),
    )
    for ref in s.words("自结层级"):
        if ref.name not in HANDLING_LEVELS:
            s.findings.add(ref.place, f"“自结层级”不能是“{ref.name}”", "可用的有：一级、二级、三级、四级、五级")
    s.finish()
    return caps


def _route(s: Section) -> Route:
    route = Route(
        category=s.word("分类", required=True) or Ref("", s.place),
        platform=s.word("平台"),
        office=s.word("机构"),
        place=s.place,
    )
    s.finish()
    return route


def _statements(root: Section) -> dict[str, list[Plain]]:
    found: dict[str, list[Plain]] = {}
    for key, fields in STATEMENTS.items():
        if not root.has(key):
            continue
        single = isinstance(root.tree.entries[key], Tree)
        parts = [root.section(key)] if single else root.sections(key)
        found[key] = [_plain(part, fields) for part in parts if part]
    root.asked.update(STATEMENTS)
    return found


def _plain(s: Section, fields: tuple[str, ...]) -> Plain:
    plain: dict[str, str | list[str]] = {}
    for key in fields:
        words = [r.name for r in s.words(key, longest=300)]
        if words:
            plain[key] = words if len(words) > 1 else words[0]
    clause = s.clause()
    if clause:
        plain["依据"] = clause
    s.finish()
    return plain
