"""What a case looks like to whoever reported it: plain words, never a person, never an inner reason."""

from sipingtai.core.actions import Action
from sipingtai.core.case import Case, Outcome
from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage

TRACK = ("已收到", "已受理", "正在办理", "核查结果", "办结")
_PLACE_ON_TRACK = {
    Stage.REPORTED: 0,
    Stage.DECLINED: 0,
    Stage.ACCEPTED: 1,
    Stage.FINISHED: 3,
    Stage.VERIFIED: 3,
    Stage.CLOSED: 4,
    Stage.ARCHIVED: 4,
}
# What happened, as far as it concerns the reporter. Steps not named here are the offices' own affair.
EVENTS = {
    Action.REPORT: "收到您的反映",
    Action.ACCEPT: "已受理",
    Action.DECLINE: "不予受理",
    Action.REVIEW: "您申请了复核",
    Action.GRANT_REVIEW: "复核后改为受理",
    Action.REFUSE_REVIEW: "复核后仍不予受理",
    Action.MERGE: "与反映同一件事的合并办理",
    Action.UNMERGE: "改为单独办理",
    Action.DISPATCH: "已交单位办理",
    Action.SIGN: "单位开始办理",
    Action.ESCALATE: "已报上级处理",
    Action.HAND_DOWN: "已交下级办理",
    Action.REFER: "已转有关系统办理",
    Action.GRANT_EXTENSION: "办理时间延长",
    Action.GRANT_SUSPENSION: "因客观原因暂停计时",
    Action.RESUME: "恢复办理",
    Action.SETTLE: "现场处理完毕",
    Action.FINISH: "单位报告已经办好",
    Action.VERIFY: "结果核查通过",
    Action.REJECT: "核查未通过，重新办理",
    Action.RATE: "您作了评价",
    Action.CLOSE: "办结",
    Action.CONCLUDE: "终结",
    Action.REOPEN: "您要求重新办理",
    Action.WITHDRAW: "您撤回了反映",
    Action.VOID: "已作废",
}


def on_track(case: Case) -> int:
    """Which stop of TRACK the case has come to."""
    return _PLACE_ON_TRACK.get(case.stage, 2)


def state_of(case: Case, setting: Setting) -> tuple[str, str]:
    """Where the matter stands, in a word and in a sentence."""
    if case.withdrawn and case.stage.open:
        return "您已撤回", "您的反映已经撤回。事情关系到公共安全，我们仍会处理，不再打扰您。"
    match case.stage:
        case Stage.REPORTED | Stage.ACCEPTED if len(case.stack) > 1:
            return "正在办理", f"已由{setting.units[case.command].name}处理。"
        case Stage.REPORTED if case.reviewing:
            return "正在复核", "已收到您的复核申请，由另一位工作人员重新审查。"
        case Stage.REPORTED:
            return "已收到", "正在等待受理。"
        case Stage.ACCEPTED if case.rework or case.reopened:
            return "正在重新办理", "正在重新安排承办单位。"
        case Stage.ACCEPTED:
            return "已受理", "正在安排承办单位。"
        case Stage.FINISHED:
            return "正在核查", "单位报告已经办好，正在核查是不是真的办好了。"
        case Stage.VERIFIED:
            return "等您评价", "结果已经核查。请您看看满意不满意。"
        case Stage.DECLINED if case.reviewed:
            return "不予受理", "复核后维持，理由见下。"
        case Stage.DECLINED:
            return "不予受理", "您如果不同意，可以申请一次复核，由另一位工作人员审查。"
        case Stage.CLOSED | Stage.ARCHIVED:
            return "已办结", "事情已经办结。"
        case Stage.VOID:
            return ("已撤回", "您撤回了反映。") if case.outcome is Outcome.WITHDRAWN else ("已终止", "这件事已经终止。")
        case Stage.MERGED:
            return "正在办理", "有人反映了同一件事，已合并一起办，办好后同样答复您。"
    again = "正在重新办理" if case.rework or case.reopened else "正在办理"
    return again, f"由{office}办理。" if (office := office_of(case, setting)) else "单位正在办理。"


def office_of(case: Case, setting: Setting) -> str:
    """The office or platform that has the work; none while a return is pending, for it may still change."""
    main = case.main
    if main is None or case.stage is Stage.RETURNING or main.unit not in setting.units:
        return ""
    return setting.units[main.unit].name
