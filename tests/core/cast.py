"""A small world as plain values: a county, a township with two platforms, a village station, a grid; its people."""

from datetime import UTC, date, datetime, timedelta

from attrs import evolve

from sipingtai.core.actions import Action
from sipingtai.core.calendar import TZ, WorkCalendar
from sipingtai.core.case import Case, Channel, Kind, Layer, Reporter
from sipingtai.core.clocks import ClockKind
from sipingtai.core.decide import decide, open_case
from sipingtai.core.limits import Limit
from sipingtai.core.moves import Decision, Move, Refusal
from sipingtai.core.posts import SYSTEM, Actor, ActorKind, Post, Seat
from sipingtai.core.setting import Category, Command, Level, Limits, Rules, Setting, Unit, UnitKind, Urgency
from sipingtai.core.stages import Stage

# Units. V village station, T township room, C county centre; P, Q platforms; A, B offices, O the office that houses the
# room; D a county office; G the grid.
V, T, C, G, P, Q, A, B, O, D = 1, 2, 3, 10, 20, 21, 30, 31, 32, 40  # noqa: E741

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=TZ)
LATER = NOW + timedelta(days=120)

CALENDAR = WorkCalendar(
    exceptions={date(2026, 2, 28): True, date(2026, 4, 6): False, date(2026, 5, 1): False, date(2026, 5, 9): True},
    years=frozenset({2026}),
)

LIMITS = Limits(
    {
        (kind, 0, Urgency.NORMAL): Limit.parse(text)
        for kind, text in {
            ClockKind.ACCEPT: "4工作时",
            ClockKind.ROUTE: "4工作时",
            ClockKind.FORWARD: "4工作时",
            ClockKind.SIGN: "1工作日",
            ClockKind.RULING: "1工作日",
            ClockKind.HANDLE: "5工作日",
            ClockKind.REWORK: "3工作日",
            ClockKind.APPROVE: "1工作日",
            ClockKind.VERIFY: "2工作日",
            ClockKind.FOLLOW_UP: "5工作日",
            ClockKind.TRACK: "10工作日",
            ClockKind.ASSIST: "3工作日",
            ClockKind.SUSPENSION: "30日",
            ClockKind.TOTAL: "20工作日",
        }.items()
    }
    | {
        (ClockKind.HANDLE, 0, Urgency.EMERGENCY): Limit.parse("24小时"),
        (ClockKind.TOTAL, 0, Urgency.EMERGENCY): Limit.parse("72小时"),
    }
)

CATEGORIES = {
    "0101": Category(code="0101", name="道路破损"),
    "0102": Category(code="0102", name="占道经营", level=2),
    "0201": Category(code="0201", name="房屋隐患", hazard=True, photo=True),
    "0301": Category(code="0301", name="社区矫正", restricted=True),
    "9999": Category(code="9999", name="其他", residual=True),
}


def seat(unit: int, post: Post) -> Seat:
    return Seat(unit, post)


def person(number: int, *seats: Seat, substitute: tuple[Seat, ...] = ()) -> Actor:
    return Actor(kind=ActorKind.PERSON, person=number, seats=frozenset(seats), substitute=frozenset(substitute))


CLERK = person(1, seat(T, Post.INTAKE))
ANALYST = person(2, seat(T, Post.ANALYST))
DISPATCHER = person(3, seat(T, Post.DISPATCHER))
ROOM_HEAD = person(4, seat(T, Post.ROOM_HEAD))
CHIEF = person(5, seat(T, Post.CHIEF))
LEADER = person(6, seat(T, Post.LEADER))
DUTY_LEADER = person(7, seat(T, Post.DUTY), seat(Q, Post.PLATFORM_HEAD))  # on duty today, heads the second platform
P_HEAD = person(8, seat(P, Post.PLATFORM_HEAD))
A_HEAD = person(9, seat(A, Post.OFFICE_HEAD))
A_HANDLER = person(10, seat(A, Post.HANDLER))
B_HEAD = person(11, seat(B, Post.OFFICE_HEAD))
TWO_POSTS = person(12, seat(T, Post.DISPATCHER), seat(B, Post.HANDLER))  # sits in the room and in an office
O_HEAD = person(13, seat(O, Post.OFFICE_HEAD))
STAND_IN = person(14, seat(O, Post.HANDLER), substitute=(seat(T, Post.INTAKE),))  # B岗 of the clerk
STATION = person(15, seat(V, Post.STATION))
VILLAGE_CHIEF = person(16, seat(V, Post.CHIEF))
GRID_WORKER = person(17, seat(G, Post.GRID_WORKER))
GRID_HEAD = person(18, seat(G, Post.GRID_HEAD))
COUNTY_CLERK = person(19, seat(C, Post.INTAKE), seat(C, Post.DISPATCHER))
COUNTY_CHIEF = person(20, seat(C, Post.CHIEF))
COUNTY_LEADER = person(21, seat(C, Post.LEADER))
D_HANDLER = person(22, seat(D, Post.HANDLER))
ASSESSOR = person(23, seat(T, Post.ASSESSOR))
VILLAGER = Actor(kind=ActorKind.REPORTER)
LINK = Actor(kind=ActorKind.LINK)

CAST: dict[str, Actor] = {
    "clerk": CLERK,
    "analyst": ANALYST,
    "dispatcher": DISPATCHER,
    "room head": ROOM_HEAD,
    "chief": CHIEF,
    "leader": LEADER,
    "duty leader": DUTY_LEADER,
    "P head": P_HEAD,
    "A head": A_HEAD,
    "A handler": A_HANDLER,
    "B head": B_HEAD,
    "two posts": TWO_POSTS,
    "O head": O_HEAD,
    "stand-in": STAND_IN,
    "station": STATION,
    "village chief": VILLAGE_CHIEF,
    "grid worker": GRID_WORKER,
    "grid head": GRID_HEAD,
    "county clerk": COUNTY_CLERK,
    "county chief": COUNTY_CHIEF,
    "county leader": COUNTY_LEADER,
    "D handler": D_HANDLER,
    "assessor": ASSESSOR,
    "villager": VILLAGER,
    "link": LINK,
    "system": SYSTEM,
}


def rules(command: int, **changes: object) -> Rules:
    chiefs = {
        V: (seat(V, Post.CHIEF), seat(T, Post.CHIEF)),
        T: (seat(T, Post.CHIEF), seat(T, Post.LEADER)),
        C: (seat(C, Post.CHIEF), seat(C, Post.LEADER)),
    }[command]
    arbiters = {V: (), T: (seat(T, Post.LEADER), seat(T, Post.CHIEF)), C: (seat(C, Post.CHIEF),)}[command]
    base = Rules(hops=1, chiefs=chiefs, arbiters=arbiters, limits=LIMITS, own_office=O if command == T else None)
    return evolve(base, **changes)


def world(
    *, hops: int = 2, village_owed: bool = False, township_owed: bool = True, county: bool = True, **changes: object
) -> Setting:
    """The setting; `changes` go into the rules of all commands."""

    def unit(id: int, kind: UnitKind, command: int, name: str, platforms: tuple[int, ...] = ()) -> Unit:
        return Unit(id=id, kind=kind, name=name, command=command, area="331125201", platforms=frozenset(platforms))

    units = [
        unit(V, UnitKind.COMMAND, V, "村级工作站"),
        unit(T, UnitKind.COMMAND, T, "综合信息指挥室"),
        unit(G, UnitKind.GRID, V, "第一网格"),
        unit(P, UnitKind.PLATFORM, T, "综治工作平台"),
        unit(Q, UnitKind.PLATFORM, T, "综合执法平台"),
        unit(A, UnitKind.OFFICE, T, "甲科室", (P,)),
        unit(B, UnitKind.OFFICE, T, "乙科室", (P, Q)),
        unit(O, UnitKind.OFFICE, T, "党政综合办公室"),
    ]
    commands = [
        Command(id=V, level=Level.VILLAGE, parent=T, rules=rules(V, answer_owed=village_owed, **changes)),
        Command(
            id=T,
            level=Level.TOWNSHIP,
            parent=C if county else None,
            rules=rules(T, hops=hops, answer_owed=township_owed, **changes),
        ),
    ]
    if county:
        units += [unit(C, UnitKind.COMMAND, C, "县级中心"), unit(D, UnitKind.OFFICE, C, "县局")]
        commands.append(Command(id=C, level=Level.COUNTY, parent=None, rules=rules(C, **changes)))
    return Setting(
        units={u.id: u for u in units},
        commands={c.id: c for c in commands},
        categories=CATEGORIES,
        calendar=CALENDAR,
    )


WORLD = world()


def matter(command: int = T, **changes: object) -> Case:
    """A matter as taken in, before `open_case`."""
    case = Case(
        id=100,
        kind=Kind.INCIDENT,
        channel=Channel.VILLAGER,
        category="0101",
        catalogue=1,
        level=2,
        urgency=Urgency.NORMAL,
        area="331125201001",
        grid=G,
        reporter=Reporter(reachable=True),
        reported_at=NOW,
        received_at=NOW,
        stage=Stage.REPORTED,
        stack=(Layer(command=command),),
        holder=None,
    )
    return evolve(case, **changes)


def reported(command: int = T, setting: Setting = WORLD, now: datetime = NOW, **changes: object) -> Case:
    """A case that has just been reported to a command."""
    return open_case(matter(command, **changes), VILLAGER, now, setting).after


def from_grid(command: int = T, setting: Setting = WORLD, **changes: object) -> Case:
    """A case the grid worker reported."""
    reporter = Reporter(person=GRID_WORKER.person, grid=G, reachable=True)
    return reported(command, setting, channel=Channel.GRID, reporter=reporter, **changes)


class Walk:
    """A case on its way: makes moves that must succeed, and tells the refusal of moves that must not."""

    def __init__(self, case: Case, setting: Setting = WORLD, now: datetime = NOW) -> None:
        self.case, self.setting, self.now = case, setting, now
        self.last: Decision | None = None

    def do(self, action: Action, actor: Actor, **asked: object) -> "Walk":
        """The move succeeds; what the system does next with the same case happens too."""
        found = self.try_(action, actor, **asked)
        assert isinstance(found, Decision), f"{action.label}: {found}"
        self.last, self.case = found, found.after
        for echo in found.echoes:
            if echo.case == self.case.id:
                follow = decide(self.case, echo.move, SYSTEM, self.now, self.setting)
                assert isinstance(follow, Decision), f"{echo.move.action.label}: {follow}"
                self.case = follow.after
        return self

    def refused(self, action: Action, actor: Actor, **asked: object) -> str:
        """The move is refused with a sentence in Chinese; returns the refusal's code."""
        found = self.try_(action, actor, **asked)
        assert isinstance(found, Refusal), f"{action.label} was permitted"
        assert any("\u4e00" <= letter <= "\u9fff" for letter in found.message)
        assert found.message.endswith("。")
        return found.code

    def try_(self, action: Action, actor: Actor, **asked: object) -> Decision | Refusal:
        return decide(self.case, Move(action=action, **{**SAID, **asked}), actor, self.now, self.setting)

    def wait(self, **length: float) -> "Walk":
        self.now += timedelta(**length)
        return self

    def until(self, moment: datetime) -> "Walk":
        self.now = moment.astimezone(UTC)
        return self


# Words and papers that most moves need; a test that is about them says otherwise.
SAID: dict[str, object] = {"reason": "情况说明", "text": "处理结果", "files": 1}
