"""Guards (条件): what must hold besides stage and party. Each has a code, a sentence that says what to do, and a test.

`STATE` guards look at the case and the actor alone, so that a screen can leave out what would be refused anyway;
the others look at what the move asks for.
"""

from collections.abc import Callable
from datetime import timedelta

from attrs import frozen

from sipingtai.core import targets
from sipingtai.core.case import ApplicationKind, AssignmentState
from sipingtai.core.effects.applications import return_decisions
from sipingtai.core.effects.assisting import assist_named
from sipingtai.core.effects.ending import ANSWERED, follow_up_lapses
from sipingtai.core.effects.flow import capped, chief_holder
from sipingtai.core.effects.levels import declined_between
from sipingtai.core.moves import Attempt
from sipingtai.core.setting import UnitKind
from sipingtai.core.stages import Stage
from sipingtai.core.who import is_chief, own_assist, worked_on, works_at


@frozen
class Guard:
    """A condition a move has to meet, with the code and the sentence of its refusal."""

    code: str
    message: str
    test: Callable[[Attempt], bool]
    state: bool = True  # looks at case and actor alone


def _own_application(kind: ApplicationKind) -> Callable[[Attempt], bool]:
    def test(a: Attempt) -> bool:
        application = a.case.application(kind)
        if application is None:
            return True
        mine = a.actor.person and a.actor.person == application.person
        return not mine and not works_at(a.actor, application.unit, a.setting)

    return test


def _may_rate(a: Attempt) -> bool:
    """Nobody who handled it rates it, neither signed in nor by the tracking code that is theirs."""
    return not worked_on(a) and not (a.case.reporter.person and a.case.reporter.person in a.case.workers)


def _rater_kept_off_master(a: Attempt) -> bool:
    master = a.move.other
    if master is None:
        return True
    people = {a.actor.person, a.case.reporter.person} - {0}
    return not people & master.workers and not any(works_at(a.actor, u, a.setting) for u in master.handlers)


def _restriction_may_go(a: Attempt) -> bool:
    category = a.setting.categories.get(a.case.category)
    return a.move.restricted is not False or not (category and category.restricted)


def _extension_in_time(a: Attempt) -> bool:
    from_clock = next((c for c in a.case.clocks if c.kind.value in ("handle", "rework")), None)
    return from_clock is not None and a.now <= from_clock.due_at


def _suspension_fits(a: Attempt) -> bool:
    if a.move.until is None or a.move.until <= a.now:
        return False
    days = a.move.until.date() - a.now.date()
    return days <= timedelta(days=a.setting.rules(a.case.command).suspension_days - a.case.suspended_days)


def _card_rises(a: Attempt) -> bool:
    card = a.case.card
    return a.move.colour is not None and (card is None or a.move.colour.rank > card.colour.rank)


def _red_by_chief(a: Attempt) -> bool:
    if a.move.colour is None or a.move.colour.value != "red":
        return True
    return any(is_chief(a.actor, layer.command, a.setting) for layer in a.case.stack)


def _owes_reply(a: Attempt) -> bool:
    main = a.case.main
    return not any(
        c.colour.value == "red" and not c.replied and not c.lifted and main and c.unit == main.unit
        for c in a.case.cards
    )


def _photo(a: Attempt) -> bool:
    category = a.setting.categories.get(a.case.category)
    return not (category and category.photo) or a.move.files > 0


def _classified(a: Attempt) -> bool:
    category = a.setting.categories.get(a.case.category)
    return not (category and category.residual)


def _known_category(a: Attempt) -> bool:
    return not a.move.category or a.move.category in a.setting.categories


def _has_parent(a: Attempt) -> bool:
    return a.setting.commands[a.case.command].parent is not None


def _parent_not_below(a: Attempt) -> bool:
    parent = a.setting.commands[a.case.command].parent
    return all(layer.command != parent for layer in a.case.stack)


def _child_not_below(a: Attempt) -> bool:
    return all(layer.command != a.move.to for layer in a.case.stack)


def _not_declined_twice(a: Attempt, asked: int | None) -> bool:
    limit = 2
    return asked is None or declined_between(a.case, a.case.command, asked) < limit


def _chief_if_capped(a: Attempt) -> bool:
    """What is finished may be answered by the room at any time; what is to be done next is the chief's alone."""
    if a.case.stage in (Stage.FINISHED, Stage.VERIFIED):
        return True
    return not capped(a.case, a.setting) or is_chief(a.actor, a.case.command, a.setting)


def _settles(a: Attempt) -> bool:
    rules = a.setting.rules(a.case.command)
    return a.case.level in rules.settle_levels and len(a.case.stack) == 1 and a.case.top.sender is None


def _hand_down_or_new(a: Attempt) -> bool:
    """An escalation may be recalled until it is accepted; a hand-down until it is answered."""
    top = a.case.top
    if top.sender is None:
        return False
    if a.setting.commands[top.command].parent == top.sender:
        return True
    return a.case.stage is Stage.REPORTED and not a.case.reviewing


def _answer_fits(a: Attempt) -> bool:
    """Done from accepted, finished, verified; declined from reported, accepted."""
    wanted = (Stage.ACCEPTED, Stage.FINISHED, Stage.VERIFIED) if a.move.verdict else (Stage.REPORTED, Stage.ACCEPTED)
    return a.case.stage in wanted


def _no_open_assist(a: Attempt) -> bool:
    return not a.case.assists or (a.move.override and bool(a.move.reason.strip()))


def _other_person(a: Attempt) -> bool:
    return a.actor.person != a.case.declined_by or not a.actor.person


NOT_OWED = Guard("answer_owed", "下级还在等答复，请用“答复”办结或退回，不能直接结束。", lambda a: not a.case.top.owed)
OWED = Guard("nothing_owed", "没有哪一级在等这件事的答复。", lambda a: a.case.top.owed)
NO_CHILDREN = Guard("open_children", "还有拆分出的子件没有办结，请等子件办结后再办。", lambda a: not a.case.children)
NOT_IN_REVIEW = Guard("in_review", "这件事正在复核，请先作出复核决定。", lambda a: not a.case.reviewing)
IN_REVIEW = Guard("not_in_review", "这件事没有申请复核。", lambda a: a.case.reviewing)
NOT_REVIEWED = Guard("reviewed", "已经复核过一次，复核决定为最终决定。", lambda a: not a.case.reviewed)
OTHER_PERSON = Guard("own_decision", "不予受理是您本人决定的，复核要由另一位同志作出。", _other_person)
NO_FOLLOWERS = Guard("is_master", "这件事是主件，已有并入的事件，不能再并入别的事件。", lambda a: not a.case.followers)
MASTER_FITS = Guard(
    "master_unfit",
    "只能并入同一指挥室、尚未办结反馈、本身没有被并入的事件，请另选主件。",
    targets.master_fits,
    state=False,
)
TARGET_HERE = Guard("target_unfit", "请选择本级在用的平台或科室。", targets.target_here, state=False)
THROUGH_PLATFORM = Guard(
    "hop", "按本地方案要先交平台，再由平台负责人转派到科室，请选择平台。", targets.through_platform, state=False
)
NOT_SHUNNED = Guard("shunned", "这件事反映的正是该单位，须回避，请另选单位。", targets.not_shunned, state=False)
ASSISTS_FIT = Guard(
    "assists_unfit", "协办单位须是本级在用的科室，不能与主办重复，也不能重复邀请。", targets.assists_fit, state=False
)
FORWARD_FITS = Guard("forward_unfit", "只能转派给本平台的成员单位。", targets.forward_fits, state=False)
AT_PLATFORM = Guard("at_platform", "已经转派到科室，不在平台手里。", lambda a: _at(a, UnitKind.PLATFORM))
AT_OFFICE = Guard("at_office", "还在平台手里，请先转派到科室再签收。", lambda a: not _at(a, UnitKind.PLATFORM))
NOT_SHUNNED_PERSON = Guard(
    "shunned",
    "这件事反映的正是该同志，须回避，请另派他人。",
    lambda a: a.move.person not in a.case.shunned_people,
    state=False,
)
PROPOSAL_FITS = Guard("proposal_unfit", "请选择应当承办的单位，不能是本单位。", targets.proposal_fits, state=False)
REHOME_FITS = Guard(
    "rehome_unfit", "移交对照表须逐一写明原单位和在用的同类接替单位。", targets.rehome_fits, state=False
)
REVIEW_STANDS = Guard("review_granted", "复核已改为受理，不能再不予受理，请分流办理。", lambda a: not a.case.reviewed)
LEVEL_KNOWN = Guard(
    "level_unknown", "处置层级为一级至五级，请重新选择。", lambda a: 0 <= a.move.level <= 5, state=False
)
RESTRICTION_MAY_GO = Guard(
    "restricted_category", "这类事项按目录限知，不能放开，请先研判到其他类别。", _restriction_may_go, state=False
)
RETURNS_LEFT = Guard(
    "returns_used", "本级已两次裁定退单，裁定为最终决定，请按裁定办理。", lambda a: return_decisions(a.case) < 2
)
NOT_OWN_RETURN = Guard(
    "own_application", "不能裁定本人或本单位的申请，请交其他裁定人。", _own_application(ApplicationKind.RETURN)
)
NOT_OWN_EXTENSION = Guard(
    "own_application", "不能审批本人或本单位的申请，请交其他审批人。", _own_application(ApplicationKind.EXTENSION)
)
NOT_OWN_SUSPENSION = Guard(
    "own_application", "不能审批本人或本单位的申请，请交其他审批人。", _own_application(ApplicationKind.SUSPENSION)
)
NO_EXTENSION = Guard(
    "pending", "已有一份延期申请在等审批。", lambda a: a.case.application(ApplicationKind.EXTENSION) is None
)
NO_SUSPENSION = Guard(
    "pending", "已有一份挂起申请在等审批。", lambda a: a.case.application(ApplicationKind.SUSPENSION) is None
)
EXTENSIONS_LEFT = Guard(
    "extensions_used",
    "延期次数已用完，请按期办结，或由指挥室改派。",
    lambda a: max(a.case.extensions, a.case.extensions_refused) < a.setting.rules(a.case.command).extension_times,
)
EXTENSION_IN_TIME = Guard("extension_late", "办理时限已过，只能在到期前申请延期。", _extension_in_time)
EXTENSION_DAYS = Guard(
    "extension_days",
    "申请的工作日数须大于零，且累计不超过规定上限。",
    lambda a: 0 < a.move.days <= a.setting.rules(a.case.command).extension_days - a.case.extended_days,
    state=False,
)
SUSPENSIONS_LEFT = Guard(
    "suspensions_used",
    "挂起次数已用完。",
    lambda a: max(a.case.suspensions, a.case.suspensions_refused) < a.setting.rules(a.case.command).suspension_times,
)
SUSPENSION_FITS = Guard(
    "suspension_days", "挂起截止时间须晚于现在，累计天数不超过规定上限。", _suspension_fits, state=False
)
SUSPENSION_AHEAD = Guard(
    "suspension_past",
    "申请的挂起截止时间已过，请驳回。",
    lambda a: (p := a.case.application(ApplicationKind.SUSPENSION)) is None or p.until is None or p.until > a.now,
)
NO_OPEN_ASSIST = Guard(
    "assists_open", "还有协办单位没有完成；确需先办结，请勾选“不再等待协办”并写明理由。", _no_open_assist, state=False
)
OWN_ASSIST = Guard("assist_unknown", "该单位没有由您办理的协办。", lambda a: own_assist(a) is not None, state=False)
ASSIST_UNSIGNED = Guard(
    "assist_signed",
    "协办已经签收。",
    lambda a: (x := own_assist(a)) is None or x.state is AssignmentState.SENT,
    state=False,
)
ASSIST_NAMED = Guard("assist_unknown", "该单位没有未完成的协办。", lambda a: assist_named(a) is not None, state=False)
RED_REPLIED = Guard("red_card_owed", "本单位还欠红牌督办的书面回复，请先回复再办结反馈。", _owes_reply)
PHOTO = Guard("photo_needed", "这类事项办结要附处置后的照片，请上传照片。", _photo, state=False)
CLASSIFIED = Guard("residual_category", "类别还是“其他”，请先由指挥室研判到具体类别，再核查办结。", _classified)
KNOWN_CATEGORY = Guard("category_unknown", "目录里没有这个类别，请重新选择。", _known_category, state=False)
INDEPENDENT = Guard(
    "worked_on_it", "本人或本单位参与了办理，不能核查自己的工作，请由他人核查。", lambda a: not worked_on(a)
)
RATER_DID_NOT_HANDLE = Guard(
    "rated_own_work",
    "本人或本单位参与了办理，不能以反映人身份评价。",
    _may_rate,
)
RATER_NOT_ON_MASTER = Guard(
    "rated_own_work", "本人或本单位参与了主件的办理，不能以反映人身份评价。", _rater_kept_off_master, state=False
)
HAS_PARENT = Guard("no_parent", "本级没有上级指挥中心，不能再上报。", _has_parent)
PARENT_NOT_BELOW = Guard("on_the_way", "上级正在等本级答复，请用“答复”，不要再上报。", _parent_not_below)
PARENT_WILLING = Guard(
    "declined_twice",
    "上级已两次退回这件事，不能再报同一上级，请在本级办理。",
    lambda a: _not_declined_twice(a, a.setting.commands[a.case.command].parent),
)
CHILD_FITS = Guard(
    "child_unfit",
    "请选择下级的指挥室或工作站。",
    lambda a: (a.move.to or 0) in a.setting.children(a.case.command),
    state=False,
)
CHILD_NOT_BELOW = Guard("on_the_way", "这件事正是该下级报来的，请用“答复”退回。", _child_not_below, state=False)
CHILD_WILLING = Guard(
    "declined_twice", "该下级已两次退回这件事，请另行交办。", lambda a: _not_declined_twice(a, a.move.to), state=False
)
CHIEF_IF_CAPPED = Guard("rework_cap", "返工次数已到上限，只有总指挥能再次交办或终结。", _chief_if_capped)
REWORK_LEFT = Guard(
    "rework_cap", "返工次数已到上限，请核查通过，或由总指挥终结。", lambda a: not capped(a.case, a.setting)
)
CAPPED = Guard("rework_left", "返工未到上限，不能终结，请按正常流程办理。", lambda a: capped(a.case, a.setting))
SETTLES = Guard("not_settleable", "只有一级、二级且未上报交办的事件可以即办自结。", _settles)
SENT_BACK = Guard(
    "not_sent_back",
    "受理后请分流或上报；上级两次退回的，工作站才可自行办结。",
    lambda a: not _not_declined_twice(a, a.setting.commands[a.case.command].parent),
)
RECALLABLE = Guard("recall_late", "对方已经受理，不能再撤回。", _hand_down_or_new)
COLOUR_RISES = Guard("card_rank", "督办只能逐级升级，请选择更高一级的督办牌。", _card_rises, state=False)
RED_BY_CHIEF = Guard("red_by_chief", "红牌督办由总指挥签发。", _red_by_chief, state=False)
HAS_CARD = Guard("no_card", "没有生效的督办牌。", lambda a: a.case.card is not None)
LIFTABLE = Guard(
    "red_unanswered",
    "红牌督办还没有书面回复，回复后才能解除。",
    lambda a: (c := a.case.card) is None or c.colour.value != "red" or c.replied,
)
NOT_REOPENED = Guard("reopened", "已经重开过一次，不能再次重开；仍有问题请重新反映。", lambda a: not a.case.reopened)
IN_REOPEN_TIME = Guard(
    "reopen_late",
    "已超过可重开的期限，请重新反映。",
    lambda a: (
        a.case.closed_at is not None
        and a.now <= a.case.closed_at + timedelta(days=a.setting.rules(a.case.command).reopen_days)
    ),
)
UNSAMPLED_SETTLE = Guard("needs_verification", "这件事要先核查。", lambda a: a.case.settled and not a.case.sampled)
IMPORTED_HISTORY = Guard(
    "not_history",
    "只有导入时已有答复的历史事项可以直接办结。",
    # Nothing has happened to it here yet; one that has been touched goes the usual way.
    lambda a: a.case.steps == 1 and len(a.case.stack) == 1 and a.move.until is not None and a.move.until <= a.now,
    state=False,
)
SUSPENSION_OVER = Guard(
    "suspension_running",
    "挂起还没有到期。",
    lambda a: a.case.suspended_until is not None and a.now >= a.case.suspended_until,
)
MASTER_ENDED = Guard(
    "master_open",
    "主件还没有结束。",
    lambda a: (m := a.move.other) is not None and m.id == a.case.master and not m.stage.open,
    state=False,
)
MASTER_ANSWERED = Guard(
    "master_unanswered",
    "主件没有办结，并入的事件要退回待分流。",
    lambda a: (m := a.move.other) is not None and m.outcome in ANSWERED,
    state=False,
)
FOLLOW_UP_DUE = Guard(
    "follow_up_running",
    "回访期还没有结束。",
    lambda a: (
        (not a.case.reporter.reachable and not a.case.followers)
        or (lapse := follow_up_lapses(a.case, a.setting)) is None
        or a.now >= lapse
    ),
)
REOPEN_OVER = Guard(
    "reopen_running",
    "还在可重开的期限内。",
    lambda a: (
        a.case.closed_at is None
        or a.now > a.case.closed_at + timedelta(days=a.setting.rules(a.case.command).reopen_days)
    ),
)
NOT_WITH_CHIEF = Guard(
    "chief_concludes",
    "反映人不满意且返工已到上限，由总指挥写明理由后终结。",
    lambda a: a.case.holder != chief_holder(a.case, a.setting),
)
MASTER_VERIFIED = Guard(
    "master_not_verified",
    "主件核查通过后才能评价。",
    lambda a: (
        (m := a.move.other) is not None and m.id == a.case.master and m.stage is Stage.VERIFIED and not m.top.owed
    ),
    state=False,
)
ANSWER_FITS = Guard(
    "answer_unfit", "还没有受理的事只能退回并说明理由；已办理过的事请答复办理结果。", _answer_fits, state=False
)
SPLIT_NAMED = Guard("split_empty", "拆分至少要有两个子件。", lambda a: len(a.move.members) >= 2, state=False)
OTHER_NAMED = Guard(
    "other_missing",
    "请选择要关联的另一件事。",
    lambda a: a.move.other is not None and a.move.other.id != a.case.id,
    state=False,
)


def _at(a: Attempt, kind: UnitKind) -> bool:
    main = a.case.main
    return main is not None and main.unit in a.setting.units and a.setting.units[main.unit].kind is kind
