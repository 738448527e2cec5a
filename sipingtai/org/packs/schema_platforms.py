"""The keys of a pack that say who coordinates what: 指挥室, 平台, 流转, 裁定, 监督, 上报, 会议, 值班 and the like."""

import re

from sipingtai.core.setting import Level

from .catalogue import YES
from .content import Escalation, Meeting, Oversight, Plain, Platform, Room, Roster, Ruling, Service, Station
from .section import Ref, Section

CADENCES = {word: word for word in ("每日", "每周", "每月", "每季", "每年")}
PATHS = {  # how many hops a dispatch takes
    ("指挥室", "科室"): 1,
    ("指挥室", "平台"): 2,
    ("指挥室", "平台", "科室"): 2,
}
STEPS = {word: word for word in ("指挥室", "平台", "科室")}
OWED = {"应答复": True, "移交": False}

# Kept as written, for mechanisms and for whoever wants to know what the document says.
ROOM_FACTS = ("职权", "职能", "岗位", "对上", "对下", "横向")
PLATFORM_FACTS = ("职能", "承接", "前身", "并入", "同步纳入", "成员范围", "日常管理范围")
STATION_FACTS = ("名称", "依托", "职能")


def facts(s: Section, fields: tuple[str, ...]) -> Plain:
    """The fields that are written, each a phrase or a list of them."""
    plain: dict[str, str | list[str]] = {}
    for key in fields:
        words = [ref.name for ref in s.words(key, longest=300)]
        if words:
            plain[key] = words if len(words) > 1 else words[0]
    return plain


def room(s: Section | None) -> Room | None:
    """指挥室."""
    if s is None:
        return None
    found = Room(
        name=s.word("名称", required=True),
        housed_in=s.word("设在"),
        head=s.word("主任"),
        commander=s.word("总指挥"),
        facts=facts(s, ROOM_FACTS),
        clause=s.clause(),
    )
    s.finish()
    return found


def platform(s: Section) -> Platform:
    """平台."""
    heads = s.words("分管领导")
    for extra in heads[1:]:
        s.findings.add(extra.place, f"{s.title}写了两名分管领导", "只留一名负总责的，其余写入“成员”所属机构")
    found = Platform(
        name=s.name(),
        module=s.choice("类别", {"平台": False, "模块": True}) or False,
        head=heads[0] if heads else None,
        lead=s.word("牵头"),
        managing=s.word("日常管理"),
        coordinating=s.word("综合协调"),
        bases=s.words("依托"),
        members=s.words("成员"),
        cooperating=s.words("配合"),
        facts=facts(s, PLATFORM_FACTS),
        clause=s.clause(),
        place=s.place,
    )
    s.finish()
    return found


def flow(s: Section | None) -> tuple[int | None, bool | None]:
    """流转: how many hops a dispatch takes, and whether village stations receive first."""
    if s is None:
        return None, None
    steps = s.choices("路径", STEPS)
    first = s.choice("先行受理", {"村级工作站": True, "指挥室": False})
    s.word("平台经手")
    s.clause()
    s.finish()
    if steps and steps not in PATHS:
        s.findings.add(
            s.place_of("路径"), f"流转路径“{'→'.join(steps)}”不认得", "写 [指挥室, 平台, 科室] 或 [指挥室, 科室]"
        )
    return PATHS.get(steps), first


def ruling(s: Section) -> Ruling:
    """裁定."""
    matter = s.word("事项", required=True)
    found = Ruling(matter=_text(matter), by=s.words("由", required=True), clause=s.clause(), place=s.place)
    s.finish()
    return found


def oversight(s: Section) -> Oversight:
    """监督."""
    found = Oversight(matter=_text(s.word("事项", required=True)), by=s.words("由", required=True), clause=s.clause())
    s.finish()
    return found


def escalation(s: Section) -> Escalation:
    """上报."""
    matter, through = s.word("事项", required=True), s.word("经由")
    found = Escalation(
        matter=_text(matter),
        to=s.read("去向", area_above, required=True, pattern=r"^\d{6}(\d{3})?$") or "",
        through=_text(through),
        clause=s.clause(),
        place=s.place_of("去向"),
    )
    s.word("反馈")
    s.finish()
    return found


def area_above(text: str) -> str:
    """The code of a township or county. Raises ValueError."""
    if not re.fullmatch(r"\d{6}(\d{3})?", text, re.ASCII):
        raise ValueError(f"“{text}”不是上级的区划代码。县 6 位，乡镇 9 位，加引号")
    return text


def station(s: Section | None, level: Level) -> Station | None:
    """村级工作站; only a township has villages."""
    if s is None:
        return None
    s.choice("设置", {"每村": True}, required=True)
    found = Station(
        answer_owed=s.choice("上报答复", OWED), facts=facts(s, STATION_FACTS), clause=s.clause(), place=s.place
    )
    s.finish()
    if level is not Level.TOWNSHIP:
        s.findings.add(s.place, "只有乡镇、街道设村级工作站", "删去“村级工作站”")
    return found


def meeting(s: Section) -> Meeting:
    """会议."""
    found = Meeting(
        name=s.name(),
        cadence=s.choice("周期", CADENCES) or "",
        conveners=s.words("召集"),
        platforms=s.words("平台"),
        topics=tuple(ref.name for ref in s.words("议题")),
        clause=s.clause(),
        place=s.place,
    )
    s.finish()
    return found


def roster(s: Section | None) -> Roster | None:
    """值班."""
    if s is None:
        return None
    found = Roster(
        cadence=s.choice("周期", CADENCES, required=True) or "",
        by=s.words("由", required=True),
        number=s.number("人数", low=1, high=9) or 1,
        handover=s.read("交接", hour_of_day, pattern=r"^\d{1,2}[:：]\d{2}$") or "",
        telephone=s.read("电话", telephone, pattern=r"^[0-9][0-9 -]{2,19}$") or "",
        clause=s.clause(),
    )
    s.finish()
    return found


def hour_of_day(text: str) -> str:
    """The hour at which duty is handed over, such as 08:30. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})", text, re.ASCII)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f"“{text}”不是一天里的时刻。写成 08:30 的样子，加引号")
    return f"{int(found[1]):02}:{found[2]}"


def telephone(text: str) -> str:
    """The duty office's own number. Raises ValueError."""
    if not re.fullmatch(r"[0-9][0-9 -]{2,19}", text, re.ASCII):
        raise ValueError(f"“{text}”不是电话号码。写值班室的办公电话，只用数字、空格和横线，加引号；不写个人号码")
    return text


def service(s: Section) -> Service:
    """服务事项."""
    found = Service(name=s.name(), office=s.word("机构"), in_villages=s.choice("到村", YES) or False, clause=s.clause())
    s.finish()
    return found


def _text(ref: Ref | None) -> str:
    return ref.name if ref else ""
