"""The keys of a pack that set times and bounds: 作息, 时限, 上限, 分类对应."""

import re
from datetime import time
from itertools import pairwise

from sipingtai.core.clocks import ClockKind
from sipingtai.core.limits import Limit
from sipingtai.core.setting import Urgency

from .catalogue import LEVELS
from .content import Caps, LimitRow, Route
from .section import Ref, Section

CLOCKS = {kind.label: kind for kind in ClockKind if kind is not ClockKind.SUSPENSION}
URGENCIES = {urgency.label: urgency for urgency in Urgency}


def sessions(s: Section | None) -> tuple[tuple[time, time], ...]:
    """作息: spans of a working day, in order."""
    if s is None:
        return ()
    pattern = r"^\d{2}:\d{2}-\d{2}:\d{2}$"
    spans = [found for key in ("上午", "下午", "晚间") if (found := s.read(key, _span, pattern=pattern))]
    for earlier, later in pairwise(spans):
        if earlier[1] > later[0]:
            s.findings.add(s.place, "作息各段互相重叠", "按上午、下午、晚间的先后改写")
            return ()
    s.finish()
    return tuple(spans)


def _span(text: str) -> tuple[time, time]:
    parts = re.fullmatch(r"(\d{2}:\d{2})-(\d{2}:\d{2})", text, re.ASCII)
    try:
        if parts is None:
            raise ValueError
        opens, closes = time.fromisoformat(parts[1]), time.fromisoformat(parts[2])
    except ValueError:
        raise ValueError(f"“{text}”不是一段时间。写成 08:30-12:00 这样") from None
    if opens >= closes:
        raise ValueError(f"“{text}”的结束不晚于开始。先写上班、后写下班")
    return opens, closes


def limit(s: Section) -> LimitRow | None:
    """时限."""
    clock = s.choice("时钟", CLOCKS, required=True)
    level = s.choice("层级", LEVELS) or 0
    urgency = s.choice("紧急", URGENCIES) or Urgency.NORMAL
    found = s.read("时限", Limit.parse, required=True)
    s.clause()
    s.finish()
    if clock is None or found is None:
        return None
    return LimitRow(clock=clock, level=level, urgency=urgency, limit=found, place=s.place)


def caps(s: Section | None) -> Caps:
    """上限."""
    if s is None:
        return Caps()
    levels = s.choices("自结层级", LEVELS)
    found = Caps(
        extension_times=s.number("延期次数", low=0, high=9),
        extension_days=s.number("延期合计", low=0, high=365),
        suspension_times=s.number("挂起次数", low=0, high=9),
        suspension_days=s.number("挂起合计", low=0, high=730),
        rework_cap=s.number("返工次数", low=1, high=9),
        settle_levels=levels if s.has("自结层级") else None,
        settle_sample_percent=s.number("自结抽查", low=0, high=100),
        follow_up_days=s.number("回访逾期", low=1, high=60),
        reopen_days=s.number("重开期限", low=0, high=365),
    )
    s.finish()
    return found


def route(s: Section) -> Route:
    """分类对应."""
    found = Route(
        category=s.word("分类", required=True) or Ref("", s.place),
        platform=s.word("平台"),
        office=s.word("机构"),
        place=s.place,
    )
    s.finish()
    return found
