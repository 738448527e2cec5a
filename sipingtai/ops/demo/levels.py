"""The stories between township and county (上报、交办、答复)."""

from sipingtai.core.actions import Action as A
from sipingtai.core.case import Channel
from sipingtai.core.posts import Post
from sipingtai.ops.demo import matters as m
from sipingtai.ops.demo.walk import Walk


def escalated(w: Walk) -> None:
    """上报: what the township cannot manage goes to the county, which is at work on it."""
    _to_county(w)


def _to_county(w: Walk) -> Walk:
    w.report(m.PUBLIC_ROAD, Channel.GRID).accept()
    w.later().do(w.room(Post.DISPATCHER), A.ESCALATE, reason="县道养护不在乡级权限内")
    w.later().do(w.room(Post.INTAKE, county=True), A.ACCEPT)
    _, office = w.cast.office_for(w.cast.county, "04001")
    w.later().do(w.room(Post.DISPATCHER, county=True), A.DISPATCH, to=office, reason="由主管部门承办")
    return w.later().do(w.office(office), A.SIGN)


def answered_from_above(w: Walk) -> None:
    """The county did it and answered; the township checked, and its reporter was told."""
    _to_county(w).days(2).finish()
    w.verify().later().do(
        w.room(Post.DISPATCHER, county=True), A.ANSWER, text="已由县里抢修完毕，请乡里核查并答复群众。"
    )
    w.verify().rate()


def sent_back_from_above(w: Walk) -> None:
    """The county declined: it is the township's after all."""
    w.report(w.any_sort(), Channel.HOTLINE).accept()
    w.later().do(w.room(Post.DISPATCHER), A.ESCALATE, reason="拟请县里支持")
    w.later().do(w.room(Post.DISPATCHER, county=True), A.ANSWER, verdict=False, text="属乡级职责，请在本级办理。")


def handed_down(w: Walk) -> None:
    """交办: from the county to the township, whose answer the county awaits."""
    area = w.cast.setting.units[w.cast.county].area
    w.report(w.any_sort(), Channel.COUNTY, area=area, point=None, grid=None)
    w.later().do(w.room(Post.INTAKE, county=True), A.ACCEPT)
    w.later().do(w.room(Post.DISPATCHER, county=True), A.HAND_DOWN, to=w.cast.township, reason="请属地办理")
    w.to_work()


def answered_upwards(w: Walk) -> None:
    """答复: what the county handed down is done, answered and verified."""
    handed_down(w)
    w.days(1).finish().verify().later().do(w.room(Post.DISPATCHER), A.ANSWER, text="已办结，情况属实。")
    w.verify().rate()
