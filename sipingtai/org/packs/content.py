"""What a pack says, as values. Names refer to names; ids come only when the pack is applied."""

from collections.abc import Mapping
from datetime import date, time

from attrs import field, frozen

from sipingtai.core.clocks import ClockKind
from sipingtai.core.limits import Limit
from sipingtai.core.posts import Post
from sipingtai.core.setting import Level, Urgency

from .findings import Place
from .section import Ref

EARLIEST = date(2017, 1, 1)  # where a pack states no day at all
Plain = Mapping[str, str | list[str]]


@frozen(kw_only=True)
class Document:
    """The document (文件) the pack was taken from."""

    title: str = ""
    issuers: tuple[str, ...] = ()
    issued: date | None = None
    basis: str = ""


@frozen(kw_only=True)
class Title:
    """A post as the document calls it (岗位): 乡党委副书记. `role` is what it may do here."""

    name: str
    role: Post | None
    place: Place


@frozen(kw_only=True)
class Duty:
    """A clause of an office's duty list (职责清单), to which a return must refer."""

    number: str
    text: str
    clause: str


@frozen(kw_only=True)
class Office:
    """An office (机构). `same_as` makes it another name of one; `successor` takes its open work in a reorganisation."""

    name: str
    dispatched: bool  # 派驻; otherwise 属地
    duties: tuple[Duty, ...]
    same_as: Ref | None
    successor: Ref | None
    clause: str
    place: Place


@frozen(kw_only=True)
class Platform:
    """A platform (平台), or a module (模块) beside the platforms: its head's title and the offices' parts in it."""

    name: str
    module: bool
    head: Ref | None
    lead: Ref | None
    managing: Ref | None
    coordinating: Ref | None  # 综合协调
    bases: tuple[Ref, ...]  # 依托
    members: tuple[Ref, ...]
    cooperating: tuple[Ref, ...]  # 配合: forces that work with it without belonging to it
    facts: Plain  # 职能, 承接, 并入 …: kept as written
    clause: str
    place: Place

    def parts(self) -> tuple[tuple[str, Ref], ...]:
        """Each office's part, by the roles of models.PlatformMembership."""
        single = (("lead", self.lead), ("managing", self.managing), ("coordinating", self.coordinating))
        several = (("base", self.bases), ("member", self.members), ("cooperating", self.cooperating))
        return (
            *((role, ref) for role, ref in single if ref),
            *((role, ref) for role, refs in several for ref in refs),
        )


@frozen(kw_only=True)
class Room:
    """The command room (指挥室): its head's and the commander's titles, and the office that houses it."""

    name: Ref | None
    housed_in: Ref | None
    head: Ref | None  # 主任
    commander: Ref | None  # 总指挥
    facts: Plain  # 职权, 职能, 岗位 …: kept as written
    clause: str


@frozen(kw_only=True)
class Oversight:
    """Who watches over what (监督). A name is a title or an office."""

    matter: str
    by: tuple[Ref, ...]
    clause: str


@frozen(kw_only=True)
class Roster:
    """Who is on duty (值班), and how many at a time."""

    cadence: str
    by: tuple[Ref, ...]  # titles
    number: int
    handover: str  # 交接: the hour at which one turn ends and the next begins, 08:30; "": by the default
    telephone: str  # 电话: the duty office's; "": none is known
    clause: str


@frozen(kw_only=True)
class Service:
    """A matter the township does for people (服务事项), and the office that does it."""

    name: str
    office: Ref | None
    in_villages: bool  # 到村: the village takes it in as well
    clause: str


@frozen(kw_only=True)
class Ruling:
    """Who settles what (裁定). A name is a title or a meeting."""

    matter: str
    by: tuple[Ref, ...]
    clause: str
    place: Place


@frozen(kw_only=True)
class Escalation:
    """Where a matter goes that the township cannot manage (上报)."""

    matter: str
    to: str
    through: str
    clause: str
    place: Place


@frozen(kw_only=True)
class Village:
    """An administrative village (行政村), 12 digits."""

    name: str
    code: str
    place: Place


@frozen(kw_only=True)
class Grid:
    """A grid (网格), 15 digits. The boundary is a closed ring of (longitude, latitude) in CGCS2000."""

    name: str
    code: str
    village: Ref
    boundary: tuple[tuple[float, float], ...]
    place: Place


@frozen(kw_only=True)
class Named:
    """A line (条线) or campaign (专项)."""

    name: str
    clause: str
    place: Place


@frozen(kw_only=True)
class Meeting:
    """A standing meeting (会议); `cadence` is 每日, 每周, 每月, 每季 or 每年."""

    name: str
    cadence: str
    conveners: tuple[Ref, ...]
    platforms: tuple[Ref, ...]
    topics: tuple[str, ...]
    clause: str
    place: Place


@frozen(kw_only=True)
class LimitRow:
    """A limit for a clock; level 0 and NORMAL stand for any other."""

    clock: ClockKind
    level: int
    urgency: Urgency
    limit: Limit
    place: Place


@frozen(kw_only=True)
class SeatRef:
    """A role at a named platform, office, village or grid."""

    role: Post
    at: Ref
    part_time: bool | None  # 兼职, 专职, or not said


@frozen(kw_only=True)
class Person:
    """A holder of titles and seats. `account` follows the area code; `substitute` is the B岗 for all their seats."""

    account: str
    display: str
    titles: tuple[Ref, ...]
    seats: tuple[SeatRef, ...]
    substitute: Ref | None
    place: Place


@frozen(kw_only=True)
class Staffing:
    """One person for each unit of a sort (逐一配备); {序} and {单位} stand for its number and name."""

    target: str
    role: Post
    account: str
    digits: int
    display: str
    substitute: str
    part_time: bool | None
    place: Place


@frozen(kw_only=True)
class Team:
    """An office or a person attached to grids (组团服务); no grid named: to every one."""

    grids: tuple[Ref, ...]
    office: Ref | None
    person: Ref | None
    role: str  # 分工
    clause: str
    place: Place


@frozen(kw_only=True)
class Route:
    """Where a category goes (分类对应): a major or minor category's platform, and office where one is usual."""

    category: Ref
    platform: Ref | None
    office: Ref | None
    place: Place


@frozen(kw_only=True)
class Caps:
    """Bounds of the loop; names and units follow core.setting.Rules. None: not stated."""

    extension_times: int | None = None
    extension_days: int | None = None
    suspension_times: int | None = None
    suspension_days: int | None = None
    rework_cap: int | None = None
    settle_levels: tuple[int, ...] | None = None
    settle_sample_percent: int | None = None
    follow_up_days: int | None = None
    reopen_days: int | None = None


@frozen(kw_only=True)
class Succession:
    """A unit of an earlier set-up and who takes over its open work (接替); nobody named: each case goes back."""

    name: str  # as the earlier set-up called it; a grid by name or code
    heirs: tuple[Ref, ...]
    clause: str
    place: Place


@frozen(kw_only=True)
class Station:
    """A command in every village (村级工作站)."""

    answer_owed: bool | None  # None: not stated
    facts: Plain
    clause: str
    place: Place


@frozen(kw_only=True)
class Pack:
    """A township, county or district as its document and supplement describe it."""

    file: str
    supplement: str | None  # the supplement's file, whose places are ours and not the document's
    document: Document
    code: str
    name: str
    level: Level
    parent: str | None
    live: bool
    village_count: int | None
    grid_count: int | None
    scheme: Ref | None
    since: date | None
    room: Room | None
    titles: tuple[Title, ...]
    offices: tuple[Office, ...]
    platforms: tuple[Platform, ...]
    hops: int | None
    station_first: bool | None  # 先行受理: who receives what grids report; None: not stated
    rulings: tuple[Ruling, ...]
    oversight: tuple[Oversight, ...]
    escalations: tuple[Escalation, ...]
    answer_owed: bool | None
    station: Station | None
    villages: tuple[Village, ...]
    grids: tuple[Grid, ...]
    lines: tuple[Named, ...]
    campaigns: tuple[Named, ...]
    meetings: tuple[Meeting, ...]
    roster: Roster | None
    services: tuple[Service, ...]
    sessions: tuple[tuple[time, time], ...]
    limits: tuple[LimitRow, ...]
    caps: Caps
    people: tuple[Person, ...]
    staffing: tuple[Staffing, ...]
    teams: tuple[Team, ...]
    catalogue: Ref | None
    routes: tuple[Route, ...]
    successions: tuple[Succession, ...]
    statements: Mapping[str, list[Plain]] = field(factory=dict)  # what mechanisms read: 领导小组, 联合执法 …
    place: Place

    @property
    def first_day(self) -> date:
        """The day from which the pack holds: the scheme's, else the document's."""
        return self.since or self.document.issued or EARLIEST

    def stated(self, place: Place) -> bool:
        """Whether the document itself says it; False for our supplement."""
        return place.file == self.file

    @property
    def real_offices(self) -> tuple[Office, ...]:
        """The offices that are units; other names of an office are not."""
        return tuple(o for o in self.offices if o.same_as is None)

    def office_name(self, name: str) -> str:
        """The unit an office's name stands for, through 同一."""
        other = {o.name: o.same_as.name for o in self.offices if o.same_as}
        seen: set[str] = set()
        while name in other and name not in seen:
            seen.add(name)
            name = other[name]
        return name

    def title(self, name: str) -> Title | None:
        """The post of that name."""
        return next((t for t in self.titles if t.name == name), None)

    def arbiters(self) -> tuple[str, ...]:
        """Titles that settle, in the order in which the pack names them; meetings have no seat and are left out."""
        names = (ref.name for ruling in self.rulings for ref in ruling.by)
        return tuple(dict.fromkeys(n for n in names if self.title(n)))
