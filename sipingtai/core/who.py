"""Who may act: the third column of the table. Each entry has a Chinese label and a test over one attempt."""

from collections.abc import Callable

from attrs import frozen

from sipingtai.core.case import ApplicationKind, Assignment, AssignmentState, Case, Holder
from sipingtai.core.moves import Attempt
from sipingtai.core.posts import Actor, ActorKind, Post
from sipingtai.core.setting import Level, Setting, UnitKind
from sipingtai.core.stages import Stage

OFFICE_POSTS = (Post.OFFICE_HEAD, Post.HANDLER)
PLATFORM_POSTS = (Post.PLATFORM_HEAD, Post.PLATFORM_CLERK)
GRID_POSTS = (Post.GRID_WORKER, Post.GRID_HEAD)


@frozen
class Who:
    """A party to the loop."""

    label: str
    test: Callable[[Attempt], bool]


def in_room(actor: Actor, command: int | None, setting: Setting, *posts: Post) -> bool:
    """Whether the actor holds one of these posts in a command room. Its head may stand in for any of them;
    at a village station one post does all the room's work.
    """
    if command is None or command not in setting.commands:
        return False
    if setting.commands[command].level is Level.VILLAGE and actor.holds(command, Post.STATION):
        return True
    return actor.holds(command, Post.ROOM_HEAD, *posts)


def is_chief(actor: Actor, command: int, setting: Setting) -> bool:
    """总指挥, whoever stands above or in for them by the pack, or the leader on duty during the shift."""
    return actor.holds(command, Post.DUTY) or any(actor.sits(seat) for seat in setting.rules(command).chiefs)


def works_at(actor: Actor, unit: int | None, setting: Setting) -> bool:
    """Whether the actor does a unit's work: an office's people, a platform's, a grid's, or a command room's."""
    if unit is None or unit not in setting.units:
        return False
    kind = setting.units[unit].kind
    if kind is UnitKind.COMMAND:
        return in_room(actor, unit, setting, Post.INTAKE, Post.ANALYST, Post.DISPATCHER)
    posts = {UnitKind.OFFICE: OFFICE_POSTS, UnitKind.PLATFORM: PLATFORM_POSTS, UnitKind.GRID: GRID_POSTS}[kind]
    return actor.holds(unit, *posts)


def fits(actor: Actor, holder: Holder, setting: Setting) -> bool:
    """Whether the actor may act where the case lies with this holder."""
    if holder.post is None:
        return works_at(actor, holder.unit, setting)
    if holder.post in (Post.INTAKE, Post.ANALYST, Post.DISPATCHER):
        return in_room(actor, holder.unit, setting, holder.post)
    if holder.post is Post.CHIEF and holder.unit in setting.commands:
        return is_chief(actor, holder.unit, setting)
    return actor.holds(holder.unit, holder.post)


def own_work(case: Case, setting: Setting) -> bool:
    """Whether the command, or the office that houses it, worked on the case itself."""
    return bool({case.command, setting.rules(case.command).own_office} & case.handlers)


def own_assist(a: Attempt) -> Assignment | None:
    """The open assisting assignment of an office where the actor works; where there are several, the one the move
    names, else the first that still waits to be signed.
    """
    mine = [x for x in a.case.assists if works_at(a.actor, x.unit, a.setting)]
    if a.move.to is not None:
        return next((x for x in mine if x.unit == a.move.to), None)
    return next((x for x in mine if x.state is AssignmentState.SENT), mine[0] if mine else None)


def worked_on(a: Attempt) -> bool:
    """Whether the actor worked on the case: by person, and by every unit where the person works in any post,
    substitutes and duty included (I4).
    """
    if a.actor.person and a.actor.person in a.case.workers:
        return True
    return any(works_at(a.actor, unit, a.setting) for unit in a.case.handlers)


def must_keep_out(a: Attempt) -> bool:
    """回避: a complaint is neither shown to nor touched by the person or the office it is about."""
    if a.actor.person and a.actor.person in a.case.shunned_people:
        return True
    return any(
        works_at(a.actor, unit, a.setting)
        for unit in a.case.shunned
        if unit in a.setting.units and a.setting.units[unit].kind is not UnitKind.COMMAND
    )


def _room(*posts: Post) -> Callable[[Attempt], bool]:
    return lambda a: in_room(a.actor, a.case.command, a.setting, *posts)


def _main_live(a: Attempt) -> int | None:
    main = a.case.main
    return main.unit if main and main.state.live else None


def _signed_main(a: Attempt) -> int | None:
    main = a.case.main
    return main.unit if main and main.state is AssignmentState.SIGNED else None


def _last_sender(a: Attempt) -> bool:
    main = a.case.main
    if a.case.stage is Stage.DISPATCHED and main:
        if main.by_platform:
            return works_at(a.actor, main.platform, a.setting)
        return in_room(a.actor, a.case.command, a.setting, Post.DISPATCHER)
    return in_room(a.actor, a.case.top.sender, a.setting, Post.DISPATCHER)


def _decider(kind: ApplicationKind) -> Callable[[Attempt], bool]:
    def test(a: Attempt) -> bool:
        application = a.case.application(kind)
        return application is not None and fits(a.actor, application.decider, a.setting)

    return test


def _applicant(a: Attempt) -> bool:
    application = a.case.application(ApplicationKind.RETURN)
    return application is not None and works_at(a.actor, application.unit, a.setting)


def _supervisor(a: Attempt) -> bool:
    return any(
        in_room(a.actor, layer.command, a.setting, Post.DISPATCHER) or is_chief(a.actor, layer.command, a.setting)
        for layer in a.case.stack
    )


def _stack_chief(a: Attempt) -> bool:
    return any(is_chief(a.actor, layer.command, a.setting) for layer in a.case.stack)


def _reporter(a: Attempt) -> bool:
    if a.case.withdrawn:  # the matter of public interest goes on without its reporter
        return False
    if a.actor.kind is ActorKind.REPORTER:
        return True
    return a.actor.kind is ActorKind.PERSON and a.actor.person != 0 and a.actor.person == a.case.reporter.person


def _grid(a: Attempt) -> bool:
    return works_at(a.actor, a.case.grid, a.setting) or works_at(a.actor, a.case.reporter.grid, a.setting)


def _involved(a: Attempt) -> bool:
    case, setting = a.case, a.setting
    units = {x.unit for x in case.assignments if x.state is not AssignmentState.ENDED}
    return _supervisor(a) or _room(Post.INTAKE, Post.ANALYST)(a) or any(works_at(a.actor, u, setting) for u in units)


def _card_owner(a: Attempt) -> bool:
    return any(
        works_at(a.actor, card.unit, a.setting)
        or (a.setting.units[card.unit].kind is UnitKind.COMMAND and is_chief(a.actor, card.unit, a.setting))
        for card in a.case.cards
        if not card.replied and not card.lifted and card.unit in a.setting.units
    )


def _next_up(a: Attempt) -> bool:
    if not own_work(a.case, a.setting):
        return False
    parent = a.setting.commands[a.case.command].parent
    return in_room(a.actor, parent, a.setting, Post.INTAKE, Post.ANALYST, Post.DISPATCHER)


INTAKE = Who("信息汇总岗", _room(Post.INTAKE))
ANALYST = Who("综合研判岗", _room(Post.ANALYST, Post.INTAKE, Post.DISPATCHER))
DISPATCHER = Who("流转督办岗", _room(Post.DISPATCHER))
ROOM = Who("指挥室", _room(Post.INTAKE, Post.ANALYST, Post.DISPATCHER))
ROOM_HEAD = Who("指挥室主任", lambda a: in_room(a.actor, a.case.command, a.setting))
CHIEF = Who("总指挥", lambda a: is_chief(a.actor, a.case.command, a.setting))
NEXT_UP = Who("上一级指挥中心", _next_up)
PLATFORM = Who("平台负责人或日常管理机构", lambda a: works_at(a.actor, _main_live(a), a.setting))
MAIN_OFFICE = Who("主办科室", lambda a: works_at(a.actor, _signed_main(a), a.setting))
ASSIGNED = Who("被交办单位", lambda a: works_at(a.actor, _main_live(a), a.setting))
MAIN_HEAD = Who("科室负责人", lambda a: a.actor.holds(_main_live(a), Post.OFFICE_HEAD, Post.GRID_HEAD))
ASSISTING = Who("协办科室", lambda a: any(works_at(a.actor, x.unit, a.setting) for x in a.case.assists))
HOLDER = Who("承办人", lambda a: a.case.holder is not None and fits(a.actor, a.case.holder, a.setting))
LAST_SENDER = Who("上一环节交办人", _last_sender)
UPPER_SENDER = Who("交办的上级", lambda a: in_room(a.actor, a.case.top.sender, a.setting, Post.DISPATCHER))
RETURN_DECIDER = Who("退单裁定人", _decider(ApplicationKind.RETURN))
EXTENSION_DECIDER = Who("延期审批人", _decider(ApplicationKind.EXTENSION))
SUSPENSION_DECIDER = Who("挂起审批人", _decider(ApplicationKind.SUSPENSION))
APPLICANT = Who("退单申请单位", _applicant)
SUPERVISOR = Who("指挥室流转督办岗或总指挥", _supervisor)
STACK_CHIEF = Who("总指挥或主要领导", _stack_chief)
CARD_OWNER = Who("被督办单位", _card_owner)
REPORTER = Who("反映人", _reporter)
REPORTERS_GRID = Who("属地网格", _grid)
OWN_GRID = Who("上报网格", lambda a: works_at(a.actor, a.case.reporter.grid, a.setting) and _reporter(a))
STATION = Who(
    "村级工作站",
    lambda a: a.setting.commands[a.case.command].level is Level.VILLAGE and a.actor.holds(a.case.command, Post.STATION),
)
INVOLVED = Who("经办各方", _involved)
SYSTEM = Who("系统", lambda a: a.actor.kind is ActorKind.SYSTEM)
LINK = Who("外部系统", lambda a: a.actor.kind is ActorKind.LINK)
