"""The table of moves (动作表): the whole business on one page.

Each row: what is done, in which stages, by whom, what it must bring along, under which conditions, with what effect.
An action may have several rows; the first whose stage and party fit is tried. Nothing that is not here can happen to a
case. Source: the loop 受理·分析·流转·处置·督办反馈·考核 of the five townships' plans; design notes in docs/loop.md.
"""

from collections.abc import Callable

from attrs import frozen

from sipingtai.core import guards as g
from sipingtai.core import who as w
from sipingtai.core.actions import Action as A
from sipingtai.core.case import Case
from sipingtai.core.effects import applications, assisting, dispatching, ending, intake, levels, rehoming, supervision
from sipingtai.core.guards import Guard
from sipingtai.core.moves import Attempt
from sipingtai.core.needs import Need
from sipingtai.core.stages import ENDED
from sipingtai.core.stages import Stage as S
from sipingtai.core.who import Who


@frozen
class Row:
    """One permitted way to make a move."""

    action: A
    stages: frozenset[S]
    who: tuple[Who, ...]
    effect: Callable[[Attempt], Case]
    needs: tuple[Need, ...] = ()
    guards: tuple[Guard, ...] = ()


def row(  # noqa: PLR0917  the columns of the table, in their order
    action: A,
    stages: tuple[S, ...] | frozenset[S],
    who: tuple[Who, ...],
    effect: Callable[[Attempt], Case],
    needs: tuple[Need, ...] = (),
    guards: tuple[Guard, ...] = (),
) -> Row:
    """One row: the action, where it may happen, who may, what it does, what it needs, what forbids it."""
    return Row(action, frozenset(stages), who, effect, needs, guards)


OPEN = frozenset(S) - ENDED
BEFORE_WORK = (S.REPORTED, S.ACCEPTED)
AT_WORK = (S.DISPATCHED, S.HANDLING)
WITH_OFFICES = (*AT_WORK, S.RETURNING, S.SUSPENDED)
HANDED_DOWN = tuple(OPEN - {S.MERGED})
TEXT, REASON, TO = Need.TEXT, Need.REASON, Need.TO

# fmt: off
TABLE: tuple[Row, ...] = (
    # ── 进件：受理、研判、并案 ─────────────────────────────────────────────────────────────────────────────────
    row(
        A.SETTLE, (S.REPORTED,), (w.OWN_GRID, w.STATION), intake.settle,
        (TEXT,), (g.NOT_IN_REVIEW, g.SETTLES, g.CLASSIFIED),
    ),
    row(
        A.SETTLE, (S.ACCEPTED,), (w.STATION,), intake.settle_sent_back,
        (TEXT,), (g.SENT_BACK, g.NOT_OWED, g.CLASSIFIED, g.NO_CHILDREN, g.CHIEF_IF_CAPPED),
    ),
    row(A.ACCEPT, (S.REPORTED,), (w.INTAKE,), intake.accept, (), (g.NOT_IN_REVIEW,)),
    row(
        A.DECLINE, BEFORE_WORK, (w.INTAKE,), intake.decline,
        (REASON,), (g.NOT_IN_REVIEW, g.REVIEW_STANDS, g.NOT_OWED, g.NO_CHILDREN, g.CHIEF_IF_CAPPED),
    ),
    row(A.REVIEW, (S.DECLINED,), (w.REPORTER,), intake.review, (REASON,), (g.NOT_REVIEWED,)),
    row(
        A.GRANT_REVIEW, (S.REPORTED,), (w.ROOM, w.CHIEF), intake.grant_review,
        (REASON,), (g.IN_REVIEW, g.OTHER_PERSON),
    ),
    row(
        A.REFUSE_REVIEW, (S.REPORTED,), (w.ROOM, w.CHIEF), intake.refuse_review,
        (REASON,), (g.IN_REVIEW, g.OTHER_PERSON),
    ),
    row(A.CLASSIFY, OPEN, (w.ANALYST, w.CHIEF), intake.classify, (REASON,), (g.KNOWN_CATEGORY, g.LEVEL_KNOWN)),
    row(
        A.MERGE, BEFORE_WORK, (w.INTAKE, w.DISPATCHER), intake.merge,
        (Need.OTHER,), (g.NOT_IN_REVIEW, g.NOT_OWED, g.NO_FOLLOWERS, g.NO_CHILDREN, g.CHIEF_IF_CAPPED, g.MASTER_FITS),
    ),
    row(A.UNMERGE, (S.MERGED,), (w.INTAKE, w.DISPATCHER), intake.unmerge, (REASON,)),
    row(A.UNMERGE, (S.MERGED,), (w.SYSTEM,), intake.unmerge, (), (g.MASTER_ENDED,)),
    row(A.SPLIT, (S.ACCEPTED, *AT_WORK), (w.ROOM,), intake.split, (REASON,), (g.CHIEF_IF_CAPPED, g.SPLIT_NAMED)),
    # ── 流转：分流交办、转派、签收、撤回、改派 ──────────────────────────────────────────────────────────────────
    row(
        A.DISPATCH, (S.ACCEPTED,), (w.DISPATCHER, w.CHIEF), dispatching.dispatch,
        (TO,), (g.CHIEF_IF_CAPPED, g.TARGET_HERE, g.NOT_SHUNNED, g.THROUGH_PLATFORM, g.ASSISTS_FIT),
    ),
    row(
        A.FORWARD, (S.DISPATCHED,), (w.PLATFORM,), dispatching.forward,
        (TO,), (g.AT_PLATFORM, g.FORWARD_FITS, g.NOT_SHUNNED, g.ASSISTS_FIT),
    ),
    row(
        A.ASSIGN_PERSON, AT_WORK, (w.MAIN_HEAD,), dispatching.assign_person,
        (Need.PERSON,), (g.NOT_SHUNNED_PERSON,),
    ),
    row(A.RECALL, (S.DISPATCHED,), (w.LAST_SENDER,), dispatching.recall, (REASON,)),
    row(A.RECALL, HANDED_DOWN, (w.UPPER_SENDER,), levels.recall_level, (REASON,), (g.RECALLABLE, g.NO_CHILDREN)),
    row(A.REASSIGN, (*AT_WORK, S.SUSPENDED), (w.DISPATCHER, w.CHIEF), dispatching.reassign, (REASON,)),
    row(A.REASSIGN, (S.RETURNING,), (w.CHIEF,), dispatching.reassign, (REASON,), (g.NOT_OWN_RETURN,)),
    row(A.SIGN, (S.DISPATCHED,), (w.ASSIGNED,), dispatching.sign, (), (g.AT_OFFICE,)),
    # ── 退单、延期、挂起 ───────────────────────────────────────────────────────────────────────────────────────
    row(
        A.REQUEST_RETURN, AT_WORK, (w.ASSIGNED,), applications.request_return,
        (Need.CLAUSE, TO, REASON), (g.RETURNS_LEFT, g.PROPOSAL_FITS, g.NOT_SHUNNED),
    ),
    row(A.GRANT_RETURN, (S.RETURNING,), (w.RETURN_DECIDER,), applications.grant_return, (REASON,), (g.NOT_OWN_RETURN,)),
    row(
        A.REFUSE_RETURN, (S.RETURNING,), (w.RETURN_DECIDER,), applications.refuse_return,
        (REASON,), (g.NOT_OWN_RETURN,),
    ),
    row(A.DROP_RETURN, (S.RETURNING,), (w.APPLICANT,), applications.refuse_return),
    row(
        A.REQUEST_EXTENSION, (S.HANDLING,), (w.MAIN_OFFICE,), applications.request_extension,
        (Need.DAYS, REASON), (g.NO_EXTENSION, g.EXTENSIONS_LEFT, g.EXTENSION_IN_TIME, g.EXTENSION_DAYS),
    ),
    row(
        A.GRANT_EXTENSION, (S.HANDLING,), (w.EXTENSION_DECIDER,), applications.grant_extension,
        (), (g.NOT_OWN_EXTENSION,),
    ),
    row(
        A.REFUSE_EXTENSION, (S.HANDLING,), (w.EXTENSION_DECIDER,), applications.refuse_extension,
        (REASON,), (g.NOT_OWN_EXTENSION,),
    ),
    row(
        A.REQUEST_SUSPENSION, (S.HANDLING,), (w.MAIN_OFFICE,), applications.request_suspension,
        (Need.UNTIL, REASON), (g.NO_SUSPENSION, g.SUSPENSIONS_LEFT, g.SUSPENSION_FITS),
    ),
    row(
        A.GRANT_SUSPENSION, (S.HANDLING,), (w.SUSPENSION_DECIDER,), applications.grant_suspension,
        (), (g.NOT_OWN_SUSPENSION, g.SUSPENSION_AHEAD),
    ),
    row(
        A.REFUSE_SUSPENSION, (S.HANDLING,), (w.SUSPENSION_DECIDER,), applications.refuse_suspension,
        (REASON,), (g.NOT_OWN_SUSPENSION,),
    ),
    row(A.RESUME, (S.SUSPENDED,), (w.MAIN_OFFICE,), applications.resume),
    row(A.RESUME, (S.SUSPENDED,), (w.SYSTEM,), applications.resume, (), (g.SUSPENSION_OVER,)),
    # ── 协办 ──────────────────────────────────────────────────────────────────────────────────────────────────
    row(
        A.ENLIST, (S.HANDLING,), (w.MAIN_OFFICE, w.DISPATCHER), assisting.enlist,
        (Need.ASSISTS,), (g.NOT_SHUNNED, g.ASSISTS_FIT),
    ),
    row(
        A.RELEASE, WITH_OFFICES, (w.MAIN_OFFICE, w.DISPATCHER), assisting.release,
        (TO,), (g.ASSIST_NAMED,),
    ),
    row(
        A.REQUEST_RELEASE, WITH_OFFICES, (w.ASSISTING,), assisting.request_release, (REASON,), (g.OWN_ASSIST,),
    ),
    row(A.SIGN_ASSIST, WITH_OFFICES, (w.ASSISTING,), assisting.sign_assist, (), (g.OWN_ASSIST, g.ASSIST_UNSIGNED)),
    row(A.COMPLETE_ASSIST, WITH_OFFICES, (w.ASSISTING,), assisting.complete_assist, (TEXT,), (g.OWN_ASSIST,)),
    row(
        A.PROGRESS, (*WITH_OFFICES, S.REFERRED), (w.HOLDER, w.MAIN_OFFICE, w.ASSISTING, w.LINK),
        supervision.progress, (TEXT,),
    ),
    # ── 上下级与外部系统 ───────────────────────────────────────────────────────────────────────────────────────
    row(
        A.ESCALATE, (S.ACCEPTED, S.HANDLING), (w.DISPATCHER, w.CHIEF), levels.escalate,
        (REASON,), (g.HAS_PARENT, g.PARENT_NOT_BELOW, g.PARENT_WILLING, g.CHIEF_IF_CAPPED, g.NO_CHILDREN),
    ),
    row(
        A.HAND_DOWN, (S.ACCEPTED, S.HANDLING), (w.DISPATCHER, w.CHIEF), levels.hand_down,
        (TO, REASON), (g.CHILD_FITS, g.CHILD_NOT_BELOW, g.CHILD_WILLING, g.CHIEF_IF_CAPPED, g.NO_CHILDREN),
    ),
    row(
        A.ANSWER, (S.REPORTED, S.ACCEPTED, S.FINISHED, S.VERIFIED), (w.DISPATCHER, w.CHIEF), levels.answer,
        (TEXT,), (g.OWED, g.NO_CHILDREN, g.CHIEF_IF_CAPPED, g.ANSWER_FITS),
    ),
    row(
        A.REFER, (S.ACCEPTED, S.HANDLING), (w.DISPATCHER, w.CHIEF), levels.refer,
        (Need.SYSTEM, REASON), (g.CHIEF_IF_CAPPED,),
    ),
    row(A.TAKE_BACK, (S.REFERRED,), (w.DISPATCHER, w.CHIEF), levels.take_back, (REASON,)),
    row(A.ANSWER, (S.REFERRED,), (w.LINK,), levels.link_answer, (TEXT,)),
    # ── 办结、核查、回访、归档 ──────────────────────────────────────────────────────────────────────────────────
    row(
        A.FINISH, (S.HANDLING,), (w.MAIN_OFFICE,), ending.finish,
        (TEXT,), (g.NO_CHILDREN, g.RED_REPLIED, g.NO_OPEN_ASSIST, g.PHOTO),
    ),
    row(
        A.VERIFY, (S.FINISHED,), (w.ROOM, w.REPORTERS_GRID, w.CHIEF, w.NEXT_UP), ending.verify,
        (), (g.INDEPENDENT, g.CLASSIFIED),
    ),
    row(
        A.REJECT, (S.FINISHED,), (w.ROOM, w.REPORTERS_GRID, w.CHIEF, w.NEXT_UP), ending.reject,
        (REASON,), (g.INDEPENDENT, g.REWORK_LEFT),
    ),
    row(A.FOLLOW_UP, (S.VERIFIED,), (w.ROOM,), ending.follow_up, (TEXT,), (g.NOT_OWED, g.INDEPENDENT)),
    row(A.RATE, (S.VERIFIED,), (w.REPORTER,), ending.follow_up, (), (g.NOT_OWED, g.RATER_DID_NOT_HANDLE)),
    row(A.CLOSE, (S.VERIFIED,), (w.SYSTEM,), ending.close, (), (g.NOT_OWED, g.NOT_WITH_CHIEF, g.FOLLOW_UP_DUE)),
    row(A.CLOSE, (S.FINISHED,), (w.SYSTEM,), ending.close, (), (g.NOT_OWED, g.UNSAMPLED_SETTLE)),
    row(A.CLOSE, (S.MERGED,), (w.SYSTEM,), ending.close, (), (g.MASTER_ENDED, g.MASTER_ANSWERED)),
    row(A.CLOSE, (S.REPORTED,), (w.SYSTEM,), ending.close_history, (TEXT, Need.UNTIL), (g.IMPORTED_HISTORY,)),
    row(
        A.CONCLUDE, (S.FINISHED, S.VERIFIED, S.ACCEPTED), (w.CHIEF,), ending.conclude,
        (REASON,), (g.CAPPED, g.NOT_OWED, g.NO_CHILDREN),
    ),
    row(A.REOPEN, (S.CLOSED,), (w.REPORTER,), ending.reopen, (REASON,), (g.NOT_REOPENED, g.IN_REOPEN_TIME)),
    row(A.ARCHIVE, (S.CLOSED,), (w.SYSTEM,), ending.archive, (), (g.REOPEN_OVER,)),
    row(A.WITHDRAW, (*BEFORE_WORK, S.MERGED), (w.REPORTER,), intake.withdraw, (), (g.NO_CHILDREN,)),
    row(A.VOID, OPEN, (w.ROOM_HEAD,), intake.void, (REASON,), (g.NOT_OWED, g.NO_CHILDREN)),
    # ── 督办与其他不改变阶段的动作 ──────────────────────────────────────────────────────────────────────────────
    row(A.URGE, OPEN, (w.SUPERVISOR,), supervision.unchanged),
    row(
        A.SUPERVISE, OPEN, (w.SUPERVISOR,), supervision.supervise,
        (Need.COLOUR, REASON), (g.COLOUR_RISES, g.RED_BY_CHIEF),
    ),
    row(A.LIFT, OPEN, (w.SUPERVISOR,), supervision.lift, (REASON,), (g.HAS_CARD, g.LIFTABLE)),
    row(A.REPLY_SUPERVISION, frozenset(S), (w.CARD_OWNER,), supervision.reply_supervision, (TEXT,)),
    row(A.INSTRUCT, OPEN, (w.STACK_CHIEF,), supervision.unchanged, (TEXT,)),
    row(A.ANNOTATE, frozenset(S), (w.INVOLVED, w.SYSTEM), supervision.unchanged, (TEXT,)),
    row(A.COPY, OPEN, (w.ROOM,), supervision.unchanged, (TO,)),
    row(A.RESTRICT, OPEN, (w.ANALYST, w.CHIEF), supervision.restrict, (REASON,), (g.RESTRICTION_MAY_GO,)),
    row(A.LINK, frozenset(S), (w.ROOM,), supervision.unchanged, (Need.OTHER,), (g.OTHER_NAMED,)),
    row(A.REHOME, OPEN, (w.SYSTEM, w.ROOM_HEAD), rehoming.rehome, (REASON,), (g.REHOME_FITS,)),
    # ── 随另一件事而动（仅系统） ────────────────────────────────────────────────────────────────────────────────
    row(A.ADOPT, OPEN, (w.SYSTEM,), intake.adopt),
    row(A.LET_GO, frozenset(S), (w.SYSTEM,), intake.let_go),
    row(
        A.RATE, (S.VERIFIED,), (w.SYSTEM,), ending.follow_up,
        (), (g.NOT_OWED,),
    ),  # a follower's reporter was not satisfied
    row(A.RATE, (S.MERGED,), (w.REPORTER,), supervision.unchanged, (), (g.MASTER_VERIFIED, g.RATER_NOT_ON_MASTER)),
)
# fmt: on

BY_ACTION: dict[A, tuple[Row, ...]] = {action: tuple(r for r in TABLE if r.action is action) for action in A}
BY_STAGE: dict[S, tuple[Row, ...]] = {stage: tuple(r for r in TABLE if stage in r.stages) for stage in S}
