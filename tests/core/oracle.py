"""Who may do what, written by hand from the design's table, by the names of the cast, not from `table.py`.

`named(case, action)` gives everybody whom the table names for an action on a case in its present stage; the empty set
where the stage itself forbids it. Guards that look at more than stage and party are not its affair.
"""

from sipingtai.core.actions import Action as Act
from sipingtai.core.case import ApplicationKind, AssignmentState, Case
from sipingtai.core.stages import Stage as S

from .cast import CAST, A, B, C, D, G, O, P, Q, T, V

Names = frozenset[str]


def _names(*names: str) -> Names:
    assert all(name in CAST for name in names)
    return frozenset(names)


NOBODY: Names = frozenset()
INTAKE = {V: _names("station"), T: _names("clerk", "room head", "stand-in"), C: _names("county clerk")}
DISPATCH = {V: _names("station"), T: _names("dispatcher", "two posts", "room head"), C: _names("county clerk")}
ROOM = {k: INTAKE[k] | DISPATCH[k] for k in INTAKE} | {T: INTAKE[T] | DISPATCH[T] | _names("analyst")}
CHIEFS = {
    V: _names("village chief", "chief"),
    T: _names("chief", "leader", "duty leader"),
    C: _names("county chief", "county leader"),
}
HEADS_ROOM = {V: _names("station"), T: _names("room head"), C: NOBODY}
PARENT = {V: T, T: C, C: None}
WORKERS = {
    A: _names("A head", "A handler"),
    B: _names("B head", "two posts"),
    O: _names("O head", "stand-in"),
    D: _names("D handler"),
    P: _names("P head"),
    Q: _names("duty leader"),
    G: _names("grid worker", "grid head"),
    **ROOM,
}
OFFICE_HEAD = {A: _names("A head"), B: _names("B head"), O: _names("O head"), G: _names("grid head")}
PLATFORM_HEAD = {P: _names("P head"), Q: _names("duty leader")}
FIRST_ARBITER = {V: CHIEFS[V], T: _names("leader"), C: _names("county chief")}
OWN_OFFICE = {T: O}

OPEN = frozenset({
    S.REPORTED, S.ACCEPTED, S.DISPATCHED, S.RETURNING, S.HANDLING, S.SUSPENDED, S.REFERRED, S.FINISHED, S.VERIFIED,
    S.MERGED,
})  # fmt: skip
WITH_OFFICES = frozenset({S.DISPATCHED, S.HANDLING, S.RETURNING, S.SUSPENDED})
STAGES: dict[Act, frozenset[S]] = {
    Act.SETTLE: frozenset({S.REPORTED, S.ACCEPTED}),  # accepted: what the township has twice sent back
    Act.ACCEPT: frozenset({S.REPORTED}),
    Act.DECLINE: frozenset({S.REPORTED, S.ACCEPTED}),
    Act.REVIEW: frozenset({S.DECLINED}),
    Act.GRANT_REVIEW: frozenset({S.REPORTED}),
    Act.REFUSE_REVIEW: frozenset({S.REPORTED}),
    Act.CLASSIFY: OPEN,
    Act.MERGE: frozenset({S.REPORTED, S.ACCEPTED}),
    Act.UNMERGE: frozenset({S.MERGED}),
    Act.SPLIT: frozenset({S.ACCEPTED, S.DISPATCHED, S.HANDLING}),
    Act.DISPATCH: frozenset({S.ACCEPTED}),
    Act.FORWARD: frozenset({S.DISPATCHED}),
    Act.ASSIGN_PERSON: frozenset({S.DISPATCHED, S.HANDLING}),
    Act.RECALL: OPEN - {S.MERGED},
    Act.REASSIGN: frozenset({S.DISPATCHED, S.HANDLING, S.SUSPENDED, S.RETURNING}),
    Act.SIGN: frozenset({S.DISPATCHED}),
    Act.REQUEST_RETURN: frozenset({S.DISPATCHED, S.HANDLING}),
    Act.GRANT_RETURN: frozenset({S.RETURNING}),
    Act.REFUSE_RETURN: frozenset({S.RETURNING}),
    Act.DROP_RETURN: frozenset({S.RETURNING}),
    Act.REQUEST_EXTENSION: frozenset({S.HANDLING}),
    Act.GRANT_EXTENSION: frozenset({S.HANDLING}),
    Act.REFUSE_EXTENSION: frozenset({S.HANDLING}),
    Act.REQUEST_SUSPENSION: frozenset({S.HANDLING}),
    Act.GRANT_SUSPENSION: frozenset({S.HANDLING}),
    Act.REFUSE_SUSPENSION: frozenset({S.HANDLING}),
    Act.RESUME: frozenset({S.SUSPENDED}),
    Act.ENLIST: frozenset({S.HANDLING}),
    Act.RELEASE: WITH_OFFICES,
    Act.REQUEST_RELEASE: WITH_OFFICES,
    Act.SIGN_ASSIST: WITH_OFFICES,
    Act.COMPLETE_ASSIST: WITH_OFFICES,
    Act.PROGRESS: WITH_OFFICES | {S.REFERRED},
    Act.ESCALATE: frozenset({S.ACCEPTED, S.HANDLING}),
    Act.HAND_DOWN: frozenset({S.ACCEPTED, S.HANDLING}),
    Act.ANSWER: frozenset({S.REPORTED, S.ACCEPTED, S.FINISHED, S.VERIFIED, S.REFERRED}),
    Act.REFER: frozenset({S.ACCEPTED, S.HANDLING}),
    Act.TAKE_BACK: frozenset({S.REFERRED}),
    Act.WITHDRAW: frozenset({S.REPORTED, S.ACCEPTED, S.MERGED}),
    Act.FINISH: frozenset({S.HANDLING}),
    Act.VERIFY: frozenset({S.FINISHED}),
    Act.REJECT: frozenset({S.FINISHED}),
    Act.FOLLOW_UP: frozenset({S.VERIFIED}),
    Act.RATE: frozenset({S.VERIFIED, S.MERGED}),
    Act.CLOSE: frozenset({S.REPORTED, S.FINISHED, S.VERIFIED, S.MERGED}),  # reported: imported with its reply
    Act.REOPEN: frozenset({S.CLOSED}),
    Act.ARCHIVE: frozenset({S.CLOSED}),
    Act.CONCLUDE: frozenset({S.FINISHED, S.VERIFIED, S.ACCEPTED}),
    Act.REHOME: OPEN,
    Act.VOID: OPEN,
    Act.URGE: OPEN,
    Act.SUPERVISE: OPEN,
    Act.LIFT: OPEN,
    Act.REPLY_SUPERVISION: frozenset(S),
    Act.INSTRUCT: OPEN,
    Act.ANNOTATE: frozenset(S),
    Act.COPY: OPEN,
    Act.RESTRICT: OPEN,
    Act.LINK: frozenset(S),
    Act.ADOPT: OPEN,
    Act.LET_GO: frozenset(S),
    Act.REPORT: frozenset(),
}


def named(case: Case, action: Act) -> Names:  # noqa: PLR0915  one branch a row
    """Everybody whom the table names for this action on this case now."""
    if case.stage not in STAGES[action]:
        return NOBODY
    command = case.stack[-1].command
    sender = case.stack[-1].sender
    live = next((x for x in reversed(case.assignments) if x.main and x.state.value in ("sent", "signed")), None)
    assigned = WORKERS[live.unit] if live else NOBODY
    main_office = assigned if live and live.state is AssignmentState.SIGNED else NOBODY
    assisting = NOBODY.union(*(WORKERS[x.unit] for x in case.assignments if not x.main and x.state.live))
    reporter = _reporter(case)
    system, link = _names("system"), _names("link")
    room, dispatch, intake, chief = ROOM[command], DISPATCH[command], INTAKE[command], CHIEFS[command]
    on_stack = NOBODY.union(*(DISPATCH[x.command] | CHIEFS[x.command] for x in case.stack))
    match action:
        case Act.SETTLE:
            own_grid = _names("grid worker") & reporter if case.stage is S.REPORTED else NOBODY
            return own_grid | (_names("station") if command == V else NOBODY)
        case Act.ACCEPT:
            return intake
        case Act.DECLINE:
            return intake
        case Act.REVIEW | Act.REOPEN | Act.WITHDRAW:
            return reporter
        case Act.GRANT_REVIEW | Act.REFUSE_REVIEW:
            return room | chief
        case Act.CLASSIFY:
            return room | chief
        case Act.MERGE:
            return intake | dispatch
        case Act.UNMERGE:
            return intake | dispatch | system
        case Act.SPLIT | Act.COPY | Act.LINK:
            return room
        case Act.DISPATCH | Act.ESCALATE | Act.HAND_DOWN | Act.REFER | Act.TAKE_BACK:
            return dispatch | chief
        case Act.ANSWER:
            return link if case.stage is S.REFERRED else dispatch | chief
        case Act.FORWARD:
            return assigned if live and live.unit in (P, Q) else NOBODY
        case Act.ASSIGN_PERSON:
            return OFFICE_HEAD.get(live.unit, NOBODY) if live else NOBODY
        case Act.RECALL:
            upper = NOBODY
            if sender is not None and (PARENT[command] == sender or case.stage is S.REPORTED):
                upper = DISPATCH[sender]  # a hand-down until it is answered, an escalation until it is accepted
            if case.stage is not S.DISPATCHED or live is None:
                return upper
            forwarded = live.platform is not None and live.unit != live.platform
            return upper | (WORKERS[live.platform or 0] if forwarded else dispatch)
        case Act.REASSIGN:
            return chief if case.stage is S.RETURNING else dispatch | chief
        case Act.SIGN:
            return assigned if live and live.unit not in (P, Q) else NOBODY
        case Act.REQUEST_RETURN:
            return assigned
        case Act.GRANT_RETURN | Act.REFUSE_RETURN:
            return _return_decider(case, command)
        case Act.DROP_RETURN:
            return assigned
        case Act.REQUEST_EXTENSION | Act.REQUEST_SUSPENSION | Act.FINISH:
            return main_office
        case Act.GRANT_EXTENSION | Act.REFUSE_EXTENSION:
            if case.application(ApplicationKind.EXTENSION) is None:
                return NOBODY
            through = PLATFORM_HEAD.get(live.platform or 0, chief) if live else chief
            first = case.extensions == 0 and case.extensions_refused == 0
            return through | chief if first else chief | through
        case Act.GRANT_SUSPENSION | Act.REFUSE_SUSPENSION:
            return chief
        case Act.RESUME:
            return main_office | system
        case Act.ENLIST | Act.RELEASE:
            return main_office | dispatch
        case Act.REQUEST_RELEASE | Act.SIGN_ASSIST | Act.COMPLETE_ASSIST:
            return assisting
        case Act.PROGRESS:
            decider = _return_decider(case, command) if case.stage is S.RETURNING else NOBODY
            holder = dispatch if case.stage is S.REFERRED else assigned | decider
            return holder | assisting | link
        case Act.VERIFY | Act.REJECT:
            own = {command, OWN_OFFICE.get(command)} & case.handlers
            above = ROOM[PARENT[command] or 0] if own and PARENT[command] else NOBODY
            grid = WORKERS[G] if G in (case.grid, case.reporter.grid) else NOBODY
            return room | chief | above | grid
        case Act.FOLLOW_UP:
            return room
        case Act.RATE:
            return reporter | (system if case.stage is S.VERIFIED else NOBODY)
        case Act.CLOSE | Act.ARCHIVE | Act.ADOPT | Act.LET_GO:
            return system
        case Act.CONCLUDE:
            return chief
        case Act.REHOME:
            return system | HEADS_ROOM[command]
        case Act.VOID:
            return HEADS_ROOM[command]
        case Act.URGE | Act.SUPERVISE | Act.LIFT:
            return on_stack
        case Act.REPLY_SUPERVISION:
            owed = {x.unit for x in case.cards if not x.replied and not x.lifted}
            return NOBODY.union(*(WORKERS[u] | CHIEFS.get(u, NOBODY) for u in owed))
        case Act.INSTRUCT:
            return NOBODY.union(*(CHIEFS[x.command] for x in case.stack))
        case Act.ANNOTATE:
            units = {x.unit for x in case.assignments if x.state is not AssignmentState.ENDED}
            return on_stack | room | system | NOBODY.union(*(WORKERS[u] for u in units))
        case Act.RESTRICT:
            return room | chief
    return NOBODY


def _reporter(case: Case) -> Names:
    if case.withdrawn:
        return NOBODY
    return _names("villager") | (_names("grid worker") if case.reporter.person == 17 else NOBODY)


def _return_decider(case: Case, command: int) -> Names:
    asked = next((x for x in case.applications if x.kind is ApplicationKind.RETURN), None)
    if asked is None:
        return NOBODY
    if asked.unit == OWN_OFFICE.get(command):
        return CHIEFS[command]
    decided = sum(x.count for x in case.returns if x.command == command)
    return DISPATCH[command] if decided == 0 else FIRST_ARBITER[command]


def worked(case: Case, name: str) -> bool:
    """Whether this member of the cast, or an office of theirs, worked on the case (I4)."""
    return CAST[name].person in case.workers or any(name in WORKERS[u] for u in case.handlers)


def asked_for(case: Case, name: str, kind: ApplicationKind) -> bool:
    """Whether this member of the cast, or an office of theirs, made the pending application (I4)."""
    return any(x.kind is kind and (x.person == CAST[name].person or name in WORKERS[x.unit]) for x in case.applications)
