"""What goes into a decision and what comes out: the move asked for, the refusal, the decision."""

from collections.abc import Mapping
from datetime import datetime

from attrs import Factory, frozen

from sipingtai.core.actions import Action
from sipingtai.core.case import Case, Colour
from sipingtai.core.clocks import Clock
from sipingtai.core.posts import Actor, Seat
from sipingtai.core.setting import Setting, Urgency


@frozen(kw_only=True)
class Move:
    """What somebody asks for. Which fields an action needs stands in its row of the table; the rest stay empty."""

    action: Action
    reason: str = ""  # free text, or an entry of a list of reasons
    text: str = ""  # result, reply, opinion: free text
    to: int | None = None  # the unit or command it should go to
    assists: tuple[int, ...] = ()  # assisting offices
    person: int | None = None  # 派员
    days: int = 0  # extension, in working days
    until: datetime | None = None  # suspension, its end; imported history: when it was answered
    clause: str = ""  # clause of the duty list behind a return
    category: str = ""
    level: int = 0
    urgency: Urgency | None = None
    restricted: bool | None = None
    colour: Colour | None = None
    verdict: bool = True  # answer: done or declined; rating and follow-up: satisfied or not; link: done or not
    override: bool = False  # finish although assists are open
    files: int = 0  # how many photos or papers come with it
    other: Case | None = None  # the other case: a master, a child that ended
    members: tuple[int, ...] = ()  # new children of a split
    sampled: bool = False  # drawn for verification (settle)
    system: str = ""  # the outside system's link
    mapping: Mapping[int, int] = Factory(dict)  # rehome: old unit → new unit, 0 where there is no successor
    leavers: frozenset[int] = frozenset()  # rehome: persons who no longer work where they were sent
    vacated: frozenset[Seat] = frozenset()  # rehome: seats nobody holds any more


@frozen
class Refusal:
    """Why a move is not permitted: a stable code, and a sentence a clerk understands that says what to do."""

    code: str
    message: str


@frozen(kw_only=True)
class Echo:
    """A move the system makes in the same transaction because of this one, on this case or a related one."""

    case: int
    move: Move


@frozen(kw_only=True)
class EndedClock:
    """A clock that stopped with this step, and by how much it was late: minutes in its own unit, 0 if in time."""

    clock: Clock
    late: int
    charged: bool = True  # a granted return charges nobody


@frozen(kw_only=True)
class Decision:
    """A permitted move: the case after it, the clocks it ended, the moves it causes."""

    move: Move
    before: Case | None
    after: Case
    ended: tuple[EndedClock, ...] = ()
    echoes: tuple[Echo, ...] = ()


@frozen(kw_only=True)
class Attempt:
    """One try: everything a rule may look at."""

    case: Case
    move: Move
    actor: Actor
    now: datetime
    setting: Setting
