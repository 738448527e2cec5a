"""Side paths (旁路) besides the stories: what happens on the way of some matters, and a few more stories of two."""

from datetime import timedelta

from sipingtai.core.actions import Action as A
from sipingtai.core.case import Case, Channel, Colour
from sipingtai.core.posts import Post
from sipingtai.ops.demo import stories
from sipingtai.ops.demo.telling import reported
from sipingtai.ops.demo.walk import Walk


def on_the_way(w: Walk, case: Case) -> None:
    """派员, 批注, 抄告: now and then, while an office is at work."""
    main, luck = case.main, w.draw.random()
    if main is None:
        return
    if luck < 0.12 and w.cast.has(main.unit, Post.OFFICE_HEAD):
        head = w.cast.at(main.unit, Post.OFFICE_HEAD)
        w.later(5, 60).do(head, A.ASSIGN_PERSON, person=w.office(main.unit).person)
    elif luck < 0.18:
        w.later(5, 60).do(w.here(Post.DISPATCHER), A.ANNOTATE, text="反映人来电问过进度，请留意。")
    elif luck < 0.21:
        w.later(5, 60).do(w.here(Post.DISPATCHER), A.COPY, to=w.cast.members(main.platform, main.unit)[0])


def released(w: Walk, case: Case) -> None:
    """解除协办: an assisting office asks to be let go, and is."""
    unit = case.assists[0].unit
    w.later().do(w.office(unit), A.REQUEST_RELEASE, to=unit, reason="现场不涉及本单位职责")
    w.later().do(w.main_office, A.RELEASE, to=unit)


def asking_to_suspend(w: Walk) -> None:
    """An application to suspend waits for the chief."""
    reported(w, calm=True).to_work().later(5, 100)
    until = w.now + timedelta(days=w.draw.randint(5, 15))
    w.do(w.main_office, A.REQUEST_SUSPENSION, until=until, reason="等待配件到货")


def made_restricted(w: Walk) -> None:
    """限知, once the room has read what it is about."""
    reported(w).accept()
    w.later().do(w.room(Post.ANALYST), A.RESTRICT, restricted=True, reason="涉及个人隐私，限知办理")


def unmerged(w: Walk) -> None:
    """撤并: merged, and found to be another matter after all."""
    _, second = stories.merge(w)
    second.later().do(second.room(Post.INTAKE), A.UNMERGE, reason="经核对是两处地点，分开办理")
    w.at(second.now)


def linked(w: Walk) -> None:
    """关联: two matters that belong together, and stay two."""
    reported(w, Channel.HOTLINE).accept()
    second = w.other().later()
    reported(second, Channel.HOTLINE).accept()
    w.at(second.now).later().do(w.room(Post.DISPATCHER), A.LINK, other=second.case)


def instructed(w: Walk) -> None:
    """批示: a leader wrote what is to be done, and nobody has answered yet."""
    reported(w).to_work().later().do(w.chief(), A.INSTRUCT, text="请主办单位到现场看一次，本周内把结果报我。")


def owing_a_reply(w: Walk) -> None:
    """红牌: the office owes its written reply."""
    reported(w).to_work().days(3).do(w.room(Post.DISPATCHER), A.URGE, text="请抓紧办理。")
    w.days(1).do(w.chief(), A.SUPERVISE, colour=Colour.RED, reason="催办后没有进展，请书面说明原因")


MORE: tuple[stories.Story, ...] = (
    stories.Story(asking_to_suspend, 0.05, 0.7),
    stories.Story(instructed, 0.2, 2),
    stories.Story(owing_a_reply, 0.2, 2),
)
