"""What oversight does in the demo (演示监督): two inspections and a sight of a restricted case in each township.

Everything goes through the mechanism's own functions, at moments of the past days; the same matters, units and texts
follow from the same demo.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sipingtai.access import vault
from sipingtai.access.actor_scope import scope, system_scope
from sipingtai.access.models import Account
from sipingtai.cases.models import Case
from sipingtai.core.posts import Actor, Post
from sipingtai.core.setting import UnitKind
from sipingtai.loop.reading.queues import OPEN
from sipingtai.mechanisms.oversight import accounting, granting, inspecting
from sipingtai.mechanisms.oversight.standing import looks_on
from sipingtai.ops.demo.cast import Cast
from sipingtai.org.actors import Standing, actor_for

_EARLIER, _LATELY = timedelta(days=9), timedelta(days=2)


def look_on(casts: Sequence[Cast], now: datetime, known: Sequence[str] = ()) -> None:
    """Let each township's oversight look on; a township without one is left out.

    `known` are the accounts one can sign in with: what waits for an answer waits for one of them.
    """
    listed = set(Account.objects.filter(username__in=known).values_list("pk", flat=True))
    for cast in casts:
        if not cast.has(cast.township, Post.OVERSIGHT):
            continue
        by = actor_for(cast.at(cast.township, Post.OVERSIGHT).person, now)
        morning = now.replace(hour=9, minute=30, second=0, microsecond=0)
        if looks_on(by):
            offices = _offices(cast, by, listed)
            _closed(cast, by, offices[1 % len(offices)], morning - _EARLIER)
            _open(cast, by, offices[0], morning - _LATELY)
            _granted(cast, by, morning - _LATELY)
            _revealed(cast, now)


@contextmanager
def _acting(by: Standing) -> Iterator[Actor]:
    with scope(by.actor.person, by.units, by.areas, by.role):
        yield by.actor


def _offices(cast: Cast, by: Standing, listed: set[int]) -> list[int]:
    """Offices of the township where somebody can answer, those of listed accounts first."""
    units = inspecting.units_within(by, cast.setting)
    staffed = [u for u in units if u.kind is UnitKind.OFFICE and cast.has(u.id, Post.HANDLER)]
    own = [u.id for u in staffed if u.command == cast.township]
    return sorted(own, key=lambda unit: cast.at(unit, Post.HANDLER).person not in listed)


def _closed(cast: Cast, by: Standing, office: int, at: datetime) -> None:
    """An inspection that was closed, with the unit's explanation and a record of accountability."""
    setting = cast.setting
    with _acting(by):
        found = inspecting.open_inspection(
            subject="超期事件办理情况检查", basis="年度监督检查计划", scope="上月超期事件的签收、办理和反馈环节",
            due_on=(at + timedelta(days=14)).date(), by=by, setting=setting, now=at,
        )  # fmt: skip
        late = Case.objects.filter(received_at__lt=at, stage__in=("closed", "archived")).order_by("-id").first()
        if late is not None:
            inspecting.attach(found.pk, late.number, by=by, now=at)
        asked = inspecting.ask(
            found.pk, office, "请说明上月两件事件超期的原因和整改措施。", (at + timedelta(days=3)).date(), by=by,
            setting=setting, now=at + timedelta(hours=1),
        )  # fmt: skip
    with _acting(actor_for(cast.at(office, Post.HANDLER).person, at)) as handler:
        answer = "因人员调整交接不清，两件事件未及时签收。已明确专人每日两次查看待办，并补办反馈。"
        inspecting.answer(asked.pk, answer, by=handler, setting=setting, now=at + timedelta(days=1))
    with _acting(by):
        later = at + timedelta(days=2)
        inspecting.find_out(found.pk, "签收环节没有专人负责，超期后未主动说明。", by=by, now=later)
        accounting.account_for(
            unit=office, level="科室负责", measure="提醒", basis="两件事件签收超期，协作配合不到位。",
            decided_by="纪检监察机构集体研究", decided_on=later.date(), inspection=found.pk, number="", by=by,
            setting=setting, now=later,
        )  # fmt: skip
        inspecting.close(found.pk, "问题属实，已提醒并督促整改，下月复查。", by=by, now=at + timedelta(days=3))


def _open(cast: Cast, by: Standing, office: int, at: datetime) -> None:
    """An inspection that waits for an office's explanation."""
    setting = cast.setting
    with _acting(by):
        found = inspecting.open_inspection(
            subject="退单和推诿问题检查", basis="群众来信反映", scope="本季度退单、返工事件",
            due_on=(at + timedelta(days=20)).date(), by=by, setting=setting, now=at,
        )  # fmt: skip
        back = Case.objects.filter(OPEN, received_at__lt=at).order_by("-id").first()
        if back is not None:
            inspecting.attach(found.pk, back.number, by=by, now=at)
        question = "请说明本季度申请退单的事件中，哪些经裁定仍由本单位承办，办理到哪一步。"
        due = (at + timedelta(days=7)).date()
        inspecting.ask(found.pk, office, question, due, by=by, setting=setting, now=at + timedelta(hours=1))


def _granted(cast: Cast, by: Standing, at: datetime) -> None:
    """A restricted case that is shown for two weeks; none where there is no such case yet."""
    area = cast.setting.units[cast.township].area
    with system_scope("演示"):
        rows = Case.objects.filter(OPEN, restricted=True, shunned=[], command=cast.township, received_at__lt=at)
        number = rows.filter(area__startswith=area).order_by("-id").values_list("number", flat=True).first()
    if number is None:
        return
    with _acting(by):
        asked = granting.apply_for(
            number, "核查走访记录是否如实填写，与检查事项有关。", by=by, setting=cast.setting, now=at
        )
    with _acting(actor_for(cast.chief(cast.township).person, at)) as chief:
        granting.decide(
            asked.pk, granted=True, answer="同意，限于核查走访记录。", until=(at + timedelta(days=14)).date(), by=chief,
            setting=cast.setting, now=at + timedelta(hours=2),
        )  # fmt: skip


def _revealed(cast: Cast, now: datetime) -> None:
    """Two contacts that the room looked up before it rang back: what oversight finds in its list of reveals."""
    area = cast.setting.units[cast.township].area
    by = actor_for(cast.at(cast.township, Post.INTAKE, Post.ROOM_HEAD).person, now)
    account = Account.objects.get(pk=by.actor.person)
    with _acting(by):
        rows = Case.objects.filter(OPEN, restricted=False, contact__isnull=False, command=cast.township)
        found = rows.filter(area__startswith=area).order_by("-id").values_list("contact", "number")[:2]
        for contact, number in found:
            if contact is not None:
                vault.reveal(contact, account, "回访前核对现场位置和方便的时间", number)
