"""The stages (阶段) of a case, in the order a case usually meets them."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a case stands (环节)."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    RETURNING = "returning"
    HANDLING = "handling"
    SUSPENDED = "suspended"
    REFERRED = "referred"
    FINISHED = "finished"
    VERIFIED = "verified"
    MERGED = "merged"
    DECLINED = "declined"
    CLOSED = "closed"
    ARCHIVED = "archived"
    VOID = "void"

    @property
    def label(self) -> str:
        return STAGE_LABELS[self]

    @property
    def open(self) -> bool:
        """Whether somebody still has to act."""
        return self not in ENDED


STAGE_LABELS = {
    Stage.REPORTED: "待受理",
    Stage.ACCEPTED: "待分流",
    Stage.DISPATCHED: "待签收",
    Stage.RETURNING: "退单裁定中",
    Stage.HANDLING: "办理中",
    Stage.SUSPENDED: "已挂起",
    Stage.REFERRED: "已转外部系统",
    Stage.FINISHED: "待核查",
    Stage.VERIFIED: "待回访",
    Stage.MERGED: "已并案",
    Stage.DECLINED: "不予受理",
    Stage.CLOSED: "已办结",
    Stage.ARCHIVED: "已归档",
    Stage.VOID: "已作废",
}

ENDED = frozenset({Stage.DECLINED, Stage.CLOSED, Stage.ARCHIVED, Stage.VOID})
