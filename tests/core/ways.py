"""The usual way of a case, up to a point from which a test goes on."""

from sipingtai.core.actions import Action as Act
from sipingtai.core.case import Case, Outcome
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage

from .cast import (
    A_HANDLER,
    CHIEF,
    CLERK,
    DISPATCHER,
    NOW,
    O_HEAD,
    VILLAGER,
    A,
    O,
    T,
    V,
    Walk,
    matter,
    reported,
    world,
)  # fmt: skip

ONE_HOP = world(hops=1)
HANDLERS: dict[int, Actor] = {A: A_HANDLER, O: O_HEAD}


def accepted(setting: Setting = ONE_HOP, **changes: object) -> Walk:
    return Walk(reported(T, setting, **changes), setting).do(Act.ACCEPT, CLERK)


def dispatched(to: int = A, setting: Setting = ONE_HOP, assists: tuple[int, ...] = (), **changes: object) -> Walk:
    return accepted(setting, **changes).do(Act.DISPATCH, DISPATCHER, to=to, assists=assists)


def handling(to: int = A, setting: Setting = ONE_HOP, assists: tuple[int, ...] = (), **changes: object) -> Walk:
    return dispatched(to, setting, assists, **changes).do(Act.SIGN, HANDLERS[to])


def finished(to: int = A, setting: Setting = ONE_HOP, **changes: object) -> Walk:
    return handling(to, setting, **changes).do(Act.FINISH, HANDLERS[to])


def verified(to: int = A, setting: Setting = ONE_HOP, **changes: object) -> Walk:
    return finished(to, setting, **changes).do(Act.VERIFY, DISPATCHER)


def closed(**changes: object) -> Walk:
    return verified(**changes).do(Act.RATE, VILLAGER)


def capped(**changes: object) -> Walk:
    """Reworked as often as the rules allow: with the chief."""
    walk = finished(setting=world(hops=1, rework_cap=1), **changes)
    return walk.do(Act.REJECT, DISPATCHER)


def escalated(setting: Setting = ONE_HOP) -> Walk:
    """The township asked the county and awaits its answer."""
    return accepted(setting).do(Act.ESCALATE, DISPATCHER)


def handed_down(setting: Setting = ONE_HOP) -> Walk:
    return accepted(setting).do(Act.HAND_DOWN, DISPATCHER, to=V)


def suspended() -> Walk:
    walk = handling().do(Act.REQUEST_SUSPENSION, A_HANDLER, until=NOW.replace(day=12))
    return walk.do(Act.GRANT_SUSPENSION, CHIEF)


def master(stage: Stage = Stage.ACCEPTED, outcome: Outcome | None = None, **changes: object) -> Case:
    """Another case, at a given stage."""
    return matter(T, **{"id": 500, "stage": stage, "outcome": outcome, **changes})


def merged(**changes: object) -> Walk:
    return Walk(reported(T, ONE_HOP, **changes), ONE_HOP).do(Act.MERGE, CLERK, other=master())
