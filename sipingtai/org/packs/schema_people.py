"""The keys of a pack that name places and people: 行政村, 网格单元, 人员, 逐一配备, 组团服务."""

import re
from collections.abc import Callable

from shapely import Polygon

from sipingtai.core.posts import POST_LABELS, Post

from .content import Grid, Person, SeatRef, Staffing, Team, Village
from .reading import Listing, Node, Text
from .section import Ref, Section

ROLES = {label: post for post, label in POST_LABELS.items()}
PART_TIME = {"专职": False, "兼职": True}
TARGETS = {word: word for word in ("平台", "机构", "行政村", "网格单元")}
ACCOUNT = re.compile(r"[a-z][a-z0-9-]{0,40}")


def villages(sections: list[Section]) -> tuple[Village, ...]:
    """行政村."""
    found = []
    for s in sections:
        found.append(
            Village(
                name=s.name(), code=s.read("代码", _code(12), required=True, pattern=r"^\d{12}$") or "", place=s.place
            )
        )
        s.clause()
        s.finish()
    return tuple(found)


def grids(sections: list[Section]) -> tuple[Grid, ...]:
    """网格单元."""
    found = []
    for s in sections:
        found.append(
            Grid(
                name=s.name(),
                code=s.read("代码", _code(15), required=True, pattern=r"^\d{15}$") or "",
                village=s.word("村", required=True) or Ref("", s.place),
                boundary=_ring(s),
                place=s.place,
            )
        )
        s.clause()
        s.finish()
    return tuple(found)


def people(sections: list[Section]) -> tuple[Person, ...]:
    """人员."""
    found = []
    for s in sections:
        display = s.word("称呼", required=True, longest=64)
        seats = []
        for seat in s.sections("任职"):
            role, at = seat.choice("角色", ROLES, required=True), seat.word("所在", required=True)
            part_time = seat.choice("专兼职", PART_TIME)
            seat.finish()
            if role and at:
                seats.append(SeatRef(role=role, at=at, part_time=part_time))
        found.append(
            Person(
                account=s.read("账号", _account, required=True, pattern=f"^{ACCOUNT.pattern}$") or "",
                display=display.name if display else "",
                titles=s.words("岗位"),
                seats=tuple(seats),
                substitute=s.word("替补"),
                place=s.place,
            )
        )
        s.finish()
    return tuple(found)


def staffing(sections: list[Section]) -> tuple[Staffing, ...]:
    """逐一配备."""
    found = []
    for s in sections:
        display, substitute = s.word("称呼", required=True), s.word("替补")
        found.append(
            Staffing(
                target=s.choice("对象", TARGETS, required=True) or "机构",
                role=s.choice("角色", ROLES, required=True) or Post.HANDLER,
                account=s.read("账号", _template, required=True) or "",
                digits=s.number("位数", low=1, high=4) or 2,
                display=display.name if display else "",
                substitute=substitute.name if substitute else "",
                part_time=s.choice("专兼职", PART_TIME),
                place=s.place,
            )
        )
        s.finish()
    return tuple(found)


def teams(sections: list[Section]) -> tuple[Team, ...]:
    """组团服务."""
    found = []
    for s in sections:
        role = s.word("分工")
        found.append(
            Team(
                grids=s.words("网格"),
                office=s.word("机构"),
                person=s.word("人员"),
                role=role.name if role else "",
                clause=s.clause(),
                place=s.place,
            )
        )
        s.finish()
    return tuple(found)


def _code(length: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(rf"\d{{{length}}}", text, re.ASCII):
            raise ValueError(f"“{text}”不是 {length} 位代码。行政村 12 位，网格 15 位，加引号")
        return text

    return parse


def _account(text: str) -> str:
    if not ACCOUNT.fullmatch(text):
        raise ValueError(f"“{text}”不能作账号。只用小写字母、数字和短横线，以字母开头")
    return text


def _template(text: str) -> str:
    if "{序}" not in text:
        raise ValueError(f"“{text}”没有次序，几个单位会共用一个账号。写成 office-{{序}} 这样")
    _account(text.replace("{序}", "1"))
    return text


def _ring(s: Section) -> tuple[tuple[float, float], ...]:
    node = s.node("边界")
    if node is None:
        return ()
    points = [_point(item) for item in node.items] if isinstance(node, Listing) else [None]
    ring = [p for p in points if p is not None]
    if len(ring) != len(points) or len(ring) < 4 or ring[0] != ring[-1]:
        s.findings.add(
            s.place_of("边界"), f"{s.title}的边界不是一圈经纬度", "写成 [[119.55, 28.11], …]，至少四点，首尾相同"
        )
        return ()
    if not Polygon(ring).is_valid:
        s.findings.add(s.place_of("边界"), f"{s.title}的边界自己相交", "按顺时针或逆时针的顺序重排各点")
        return ()
    return tuple(ring)


def _point(node: Node) -> tuple[float, float] | None:
    if not isinstance(node, Listing) or len(node.items) != 2:
        return None
    numbers = []
    for item in node.items:
        if not isinstance(item, Text) or not re.fullmatch(r"\d{1,3}(\.\d+)?", item.value, re.ASCII):
            return None
        numbers.append(float(item.value))
    lon, lat = numbers
    return (lon, lat) if 73 <= lon <= 136 and 3 <= lat <= 54 else None  # China; a swapped pair falls outside
