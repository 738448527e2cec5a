"""The actions (动作) that move a case. Who may do which, when, stands in `table.py`."""

from enum import StrEnum


class Action(StrEnum):
    """What can be done with a case (动作); the values stand in journals and addresses for good."""

    REPORT = "report"
    SETTLE = "settle"
    ACCEPT = "accept"
    DECLINE = "decline"
    REVIEW = "review"
    GRANT_REVIEW = "grant_review"
    REFUSE_REVIEW = "refuse_review"
    CLASSIFY = "classify"
    MERGE = "merge"
    UNMERGE = "unmerge"
    SPLIT = "split"
    DISPATCH = "dispatch"
    FORWARD = "forward"
    ASSIGN_PERSON = "assign_person"
    RECALL = "recall"
    REASSIGN = "reassign"
    SIGN = "sign"
    REQUEST_RETURN = "request_return"
    GRANT_RETURN = "grant_return"
    REFUSE_RETURN = "refuse_return"
    DROP_RETURN = "drop_return"
    REQUEST_EXTENSION = "request_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    REQUEST_SUSPENSION = "request_suspension"
    GRANT_SUSPENSION = "grant_suspension"
    REFUSE_SUSPENSION = "refuse_suspension"
    RESUME = "resume"
    ENLIST = "enlist"
    REQUEST_RELEASE = "request_release"
    RELEASE = "release"
    SIGN_ASSIST = "sign_assist"
    COMPLETE_ASSIST = "complete_assist"
    PROGRESS = "progress"
    ESCALATE = "escalate"
    HAND_DOWN = "hand_down"
    ANSWER = "answer"
    REFER = "refer"
    TAKE_BACK = "take_back"
    WITHDRAW = "withdraw"
    FINISH = "finish"
    VERIFY = "verify"
    REJECT = "reject"
    FOLLOW_UP = "follow_up"
    RATE = "rate"
    CLOSE = "close"
    REOPEN = "reopen"
    ARCHIVE = "archive"
    CONCLUDE = "conclude"
    REHOME = "rehome"
    VOID = "void"
    URGE = "urge"
    SUPERVISE = "supervise"
    LIFT = "lift"
    REPLY_SUPERVISION = "reply_supervision"
    INSTRUCT = "instruct"
    ANNOTATE = "annotate"
    COPY = "copy"
    RESTRICT = "restrict"
    LINK = "link"
    # What another case's move does to this one; the system alone carries these out.
    ADOPT = "adopt"  # a follower or a child joined this case
    LET_GO = "let_go"  # a follower or a child left it or ended

    @property
    def label(self) -> str:
        return ACTION_LABELS[self]


ACTION_LABELS = {
    Action.REPORT: "上报",
    Action.SETTLE: "即办自结",
    Action.ACCEPT: "受理",
    Action.DECLINE: "不予受理",
    Action.REVIEW: "申请复核",
    Action.GRANT_REVIEW: "复核改为受理",
    Action.REFUSE_REVIEW: "复核维持",
    Action.CLASSIFY: "研判",
    Action.MERGE: "并案",
    Action.UNMERGE: "撤并",
    Action.SPLIT: "拆分",
    Action.DISPATCH: "分流交办",
    Action.FORWARD: "转派",
    Action.ASSIGN_PERSON: "派员",
    Action.RECALL: "撤回",
    Action.REASSIGN: "改派",
    Action.SIGN: "签收",
    Action.REQUEST_RETURN: "申请退单",
    Action.GRANT_RETURN: "同意退单",
    Action.REFUSE_RETURN: "驳回退单",
    Action.DROP_RETURN: "撤销退单申请",
    Action.REQUEST_EXTENSION: "申请延期",
    Action.GRANT_EXTENSION: "同意延期",
    Action.REFUSE_EXTENSION: "驳回延期",
    Action.REQUEST_SUSPENSION: "申请挂起",
    Action.GRANT_SUSPENSION: "同意挂起",
    Action.REFUSE_SUSPENSION: "驳回挂起",
    Action.RESUME: "恢复办理",
    Action.ENLIST: "邀请协办",
    Action.REQUEST_RELEASE: "申请解除协办",
    Action.RELEASE: "解除协办",
    Action.SIGN_ASSIST: "协办签收",
    Action.COMPLETE_ASSIST: "协办完成",
    Action.PROGRESS: "进展",
    Action.ESCALATE: "上报上级",
    Action.HAND_DOWN: "交办下级",
    Action.ANSWER: "答复",
    Action.REFER: "转外部系统",
    Action.TAKE_BACK: "收回",
    Action.WITHDRAW: "撤诉",
    Action.FINISH: "办结反馈",
    Action.VERIFY: "核查通过",
    Action.REJECT: "核查不通过",
    Action.FOLLOW_UP: "回访",
    Action.RATE: "评价",
    Action.CLOSE: "办结",
    Action.REOPEN: "重开",
    Action.ARCHIVE: "归档",
    Action.CONCLUDE: "终结",
    Action.REHOME: "移交",
    Action.VOID: "作废",
    Action.URGE: "催办",
    Action.SUPERVISE: "督办",
    Action.LIFT: "解除督办",
    Action.REPLY_SUPERVISION: "督办回复",
    Action.INSTRUCT: "批示",
    Action.ANNOTATE: "批注",
    Action.COPY: "抄告",
    Action.RESTRICT: "限知",
    Action.LINK: "关联",
    Action.ADOPT: "并入",
    Action.LET_GO: "脱离",
}
