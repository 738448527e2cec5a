"""A case (事件) as plain frozen values: the fold of its steps, and all that `decide` looks at."""

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from sipingtai.core.clocks import Clock, ClockKind
from sipingtai.core.posts import Post
from sipingtai.core.setting import Urgency
from sipingtai.core.stages import Stage


class Kind(StrEnum):
    """Kinds add fields, a form and defaults; never a loop of their own."""

    INCIDENT = "incident"
    DISPUTE = "dispute"
    HAZARD = "hazard"
    SERVICE = "service"
    TASK = "task"
    RESOLUTION = "resolution"
    OPERATION = "operation"
    ORDER = "order"

    @property
    def label(self) -> str:
        return {
            "incident": "事件",
            "dispute": "矛盾纠纷",
            "hazard": "隐患",
            "service": "便民服务",
            "task": "上级任务",
            "resolution": "议定事项",
            "operation": "联合执法",
            "order": "应急指令",
        }[self.value]


class Channel(StrEnum):
    """How a matter came in (来源)."""

    GRID = "grid"
    STATION = "station"
    VILLAGER = "villager"
    HOTLINE = "hotline"
    VISIT = "visit"
    LIAISON = "liaison"
    INSPECTION = "inspection"
    DEPARTMENT = "department"
    COUNTY = "county"
    POLICE = "police"
    SENSOR = "sensor"
    MEETING = "meeting"

    @property
    def label(self) -> str:
        return {
            "grid": "网格上报",
            "station": "村级工作站",
            "villager": "群众提交",
            "hotline": "服务热线",
            "visit": "来信来访",
            "liaison": "驻村联村",
            "inspection": "专项督查",
            "department": "部门流转",
            "county": "县级交办",
            "police": "警务流转",
            "sensor": "智能感知",
            "meeting": "例会决议",
        }[self.value]


@frozen(kw_only=True)
class Holder:
    """Who must act now. `post` narrows a command to one post; None means whoever works at the unit."""

    unit: int
    post: Post | None = None


@frozen(kw_only=True)
class Layer:
    """A command on the stack. `sender` gave the case to it; `owed` says that the sender awaits its answer."""

    command: int
    sender: int | None = None
    owed: bool = False


@frozen(kw_only=True)
class Reporter:
    """Who raised the matter. Name and contact lie in the vault; here stands only what the rules need."""

    person: int = 0  # account, where the reporter has one
    grid: int | None = None  # the grid the reporter works in, if a grid worker reported
    reachable: bool = False  # whether anybody can be asked or told: a contact, a tracking code, an account


class AssignmentState(StrEnum):
    """How far an office is with its part."""

    SENT = "sent"
    SIGNED = "signed"
    DONE = "done"
    ENDED = "ended"  # recalled, reassigned, returned, released, or the case left

    @property
    def live(self) -> bool:
        return self in (AssignmentState.SENT, AssignmentState.SIGNED)


@frozen(kw_only=True)
class Assignment:
    """Work given (交办) to one unit: the platform until it forwards, then the office."""

    no: int
    unit: int
    command: int  # under whose command it was given
    main: bool
    state: AssignmentState
    sent_at: datetime
    platform: int | None = None  # the platform it went through
    person: int | None = None  # 经办人
    by_platform: bool = False  # the last sender was the platform, which may recall it
    asks_release: bool = False
    signed_at: datetime | None = None
    ended_at: datetime | None = None


class ApplicationKind(StrEnum):
    """What an office may ask for (申请)."""

    RETURN = "return"
    EXTENSION = "extension"
    SUSPENSION = "suspension"

    @property
    def label(self) -> str:
        return {"return": "退单", "extension": "延期", "suspension": "挂起"}[self.value]


@frozen(kw_only=True)
class Application:
    """A pending application (申请). `decider` holds the decision."""

    kind: ApplicationKind
    unit: int
    person: int
    asked_at: datetime
    decider: Holder
    stage: Stage  # where a refusal leads back to
    days: int = 0  # extension: working days
    until: datetime | None = None  # suspension: its end
    clause: str = ""  # return: clause of the duty list (职责清单)
    proposed: int | None = None  # return: the office it should go to


class Colour(StrEnum):
    """A supervision card (督办): plain, yellow, red; it only goes up until lifted."""

    PLAIN = "plain"
    YELLOW = "yellow"
    RED = "red"

    @property
    def label(self) -> str:
        return {"plain": "普通督办", "yellow": "黄牌督办", "red": "红牌督办"}[self.value]

    @property
    def rank(self) -> int:
        return (Colour.PLAIN, Colour.YELLOW, Colour.RED).index(self)


@frozen(kw_only=True)
class Card:
    """A supervision card (督办牌). It stays owed by the unit that held the case when it was issued."""

    no: int
    colour: Colour
    unit: int
    issued_at: datetime
    lifted: bool = False
    replied: bool = False


@frozen(kw_only=True)
class Tally:
    """A bounded count: how often something happened at a command, or between two."""

    command: int
    count: int
    other: int = 0


class Outcome(StrEnum):
    """How a case ended (I7: every ended case names its reason)."""

    DONE = "done"
    SETTLED = "settled"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CONCLUDED = "concluded"
    FOLLOWED = "followed"
    VOID = "void"

    @property
    def label(self) -> str:
        return {
            "done": "办结",
            "settled": "即办自结",
            "declined": "不予受理",
            "withdrawn": "撤诉",
            "concluded": "终结",
            "followed": "随主件办结",
            "void": "作废",
        }[self.value]


@frozen(kw_only=True)
class Case:
    """The whole state of a case. Free text, files and contacts are not in it: only the journal's digests know them."""

    id: int
    kind: Kind
    channel: Channel
    category: str
    catalogue: int  # version of the catalogue
    level: int
    urgency: Urgency
    area: str
    grid: int | None
    reporter: Reporter
    reported_at: datetime  # the matter's own time; an imported matter keeps its original one
    received_at: datetime  # when it came into this system; clocks start here
    stage: Stage
    stack: tuple[Layer, ...]  # bottom first; the last one commands
    holder: Holder | None  # None when ended
    clocks: tuple[Clock, ...] = ()
    restricted: bool = False
    shunned: frozenset[int] = frozenset()  # 回避: units complained about; never dispatched nor visible to them
    shunned_people: frozenset[int] = frozenset()
    assignments: tuple[Assignment, ...] = ()
    applications: tuple[Application, ...] = ()
    cards: tuple[Card, ...] = ()
    returns: tuple[Tally, ...] = ()  # return decisions (裁定), per command
    declined_answers: tuple[Tally, ...] = ()  # declined answers, per (asking command, asked command)
    extensions: int = 0
    extended_days: int = 0
    extensions_refused: int = 0
    suspensions: int = 0
    suspended_days: int = 0
    suspensions_refused: int = 0
    rework: int = 0
    workers: frozenset[int] = frozenset()  # persons who worked on it
    handlers: frozenset[int] = frozenset()  # units that worked on it
    accepted_by: int = 0
    declined_by: int = 0
    reviewing: bool = False
    reviewed: bool = False
    settled: bool = False
    sampled: bool = False  # a settled case drawn for verification
    master: int | None = None
    followers: tuple[int, ...] = ()
    parent: int | None = None
    children: tuple[int, ...] = ()  # open ones only
    suspended_until: datetime | None = None
    referred_to: str = ""
    flagged: bool = False  # the point lies outside the area
    withdrawn: bool = False  # the reporter withdrew, the matter of public interest goes on
    reopened: bool = False
    outcome: Outcome | None = None
    answered: bool = False  # the reporter was told
    closed_at: datetime | None = None
    left: tuple[Clock, ...] = ()  # step clocks that stopped, paused: who gets the same work again goes on with them
    stopped: Clock | None = None  # the total clock of an ended case; a review or reopening lets it run on
    steps: int = 0  # how many steps made it; the next one is number `steps + 1`

    @property
    def command(self) -> int:
        """The command that commands it now: the top of the stack."""
        return self.stack[-1].command

    @property
    def top(self) -> Layer:
        return self.stack[-1]

    @property
    def main(self) -> Assignment | None:
        """The latest main assignment under the present command that is live or done, if there is one."""
        for assignment in reversed(self.assignments):
            if assignment.main and assignment.command == self.command and assignment.state is not AssignmentState.ENDED:
                return assignment
        return None

    @property
    def assists(self) -> tuple[Assignment, ...]:
        """Assisting assignments that still wait to be done."""
        return tuple(a for a in self.assignments if not a.main and a.state.live)

    def application(self, kind: ApplicationKind) -> Application | None:
        return next((a for a in self.applications if a.kind is kind), None)

    def clock(self, kind: ClockKind, ref: int | None = None) -> Clock | None:
        return next((c for c in self.clocks if c.kind is kind and (ref is None or c.ref == ref)), None)

    @property
    def card(self) -> Card | None:
        """The highest card not lifted."""
        return max((c for c in self.cards if not c.lifted), key=lambda c: c.colour.rank, default=None)
