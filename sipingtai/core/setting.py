"""The setting in which a move is judged: units, commands, their rules, the catalogue and the calendar.

All of it is data of a township pack. Core receives it as plain values and knows no platform, office or
township by name.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum

from attrs import field, frozen

from sipingtai.core.calendar import WorkCalendar
from sipingtai.core.clocks import ClockKind
from sipingtai.core.limits import Limit
from sipingtai.core.posts import Seat


class Level(IntEnum):
    """Where a command stands. A village station (村级工作站), a township command room, a county centre."""

    VILLAGE = 1
    TOWNSHIP = 2
    COUNTY = 3


class UnitKind(StrEnum):
    """What a unit is in the organisation."""

    COMMAND = "command"  # 指挥室, 村级工作站, 县级中心
    PLATFORM = "platform"  # 平台
    OFFICE = "office"  # 科室、站所、中心、派驻机构
    GRID = "grid"  # 网格


class Urgency(StrEnum):
    """How pressing a matter is (紧急程度): it shortens limits and lets them run day and night."""

    NORMAL = "normal"
    URGENT = "urgent"
    EXPRESS = "express"
    EMERGENCY = "emergency"

    @property
    def label(self) -> str:
        return {"normal": "一般", "urgent": "紧急", "express": "加急", "emergency": "特急"}[self.value]


@frozen(kw_only=True)
class Unit:
    """Anything that can hold a case or be charged with a clock."""

    id: int
    kind: UnitKind
    name: str
    command: int  # the command it lies under; a command lies under itself
    area: str  # area code: 6 digits county, 9 township, 12 village, 15 grid
    platforms: frozenset[int] = frozenset()  # an office's platforms, any number; empty for every other kind
    managing_office: int | None = None  # a platform's 日常管理机构
    active: bool = True  # False: abolished, kept for the cases that lived there


@frozen(kw_only=True)
class Rules:
    """What a pack fixes for one command. Days are working days (工作日) unless the name says otherwise."""

    hops: int  # 1: room → office or platform office; 2: room → platform head → office
    chiefs: tuple[Seat, ...]  # 总指挥 first, then who acts above or for them (主要领导); any of them decides as chief
    arbiters: tuple[Seat, ...]  # who settles a second return within a platform, in this order
    cross_arbiters: tuple[Seat, ...] = ()  # who settles what crosses platforms; empty: the arbiters
    station_first: bool = False  # whether village stations, not this command, receive what their grids report
    own_office: int | None = None  # the office that houses the command room; its work is judged by the chief
    answer_owed: bool = True  # whether what is escalated from here awaits an answer (False: command passes for good)
    extension_times: int = 2
    extension_days: int = 15  # in all, over every extension of one case
    suspension_times: int = 2
    suspension_days: int = 60  # calendar days in all
    rework_cap: int = 3
    settle_levels: frozenset[int] = frozenset({1, 2})  # levels that may be settled on the spot
    settle_sample_percent: int = 5
    follow_up_days: int = 5  # then an unanswered follow-up lapses into closed
    reopen_days: int = 30  # calendar days after closing
    limits: "Limits" = field(factory=lambda: Limits({}))


@frozen
class Limits:
    """Limits by clock, level and urgency. Level 0 and urgency NORMAL stand for "any other"."""

    table: Mapping[tuple[ClockKind, int, Urgency], Limit]

    def find(self, kind: ClockKind, level: int, urgency: Urgency) -> Limit:
        """The most particular limit: urgency counts before level, for an emergency knows no level.

        Raises KeyError with the missing clock's Chinese name; `sipingtai check` reports such a gap beforehand.
        """
        for key in (
            (kind, level, urgency),
            (kind, 0, urgency),
            (kind, level, Urgency.NORMAL),
            (kind, 0, Urgency.NORMAL),
        ):
            if key in self.table:
                return self.table[key]
        raise KeyError(f"没有设置“{kind.label}”的时限")


@frozen(kw_only=True)
class Command:
    """A command over an area (指挥室, 村级工作站, 县级中心). Its id is its unit's id."""

    id: int
    level: Level
    parent: int | None
    rules: Rules


@frozen(kw_only=True)
class Category:
    """A minor category (小类) of the catalogue."""

    code: str
    name: str
    level: int = 3  # default handling level (处置层级) 1..5
    handle: Limit | None = None  # 办理时限; None: by level
    total: Limit | None = None  # 总时限; None: by level
    restricted: bool = False  # 限知
    photo: bool = False  # a result needs a photo
    residual: bool = False  # “其他”: must be classified properly before the case can finish
    hazard: bool = False  # 隐患, or another matter of public interest: withdrawing ends only the reporter's part


@frozen(kw_only=True, eq=False)  # one object a state of the organisation: what is made of it is kept by it
class Setting:
    """All that `decide` needs to know of the organisation, at one moment."""

    units: Mapping[int, Unit]
    commands: Mapping[int, Command]
    categories: Mapping[str, Category]
    calendar: WorkCalendar
    catalogue: int = 1  # id of the catalogue version in force
    version: int = 0  # counts the changes of the organisation

    def rules(self, command: int) -> Rules:
        return self.commands[command].rules

    def children(self, command: int) -> frozenset[int]:
        return frozenset(c.id for c in self.commands.values() if c.parent == command)
