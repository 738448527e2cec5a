"""Cases by platform under any scheme (架构) of a command: as they lived in it, or, later, by who took over (接替)."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen
from django.db import connection

from sipingtai.cases.models import Case
from sipingtai.core.case import AssignmentState
from sipingtai.core.setting import UnitKind
from sipingtai.org.models import CategoryRoute, PlatformMembership, Reorganisation, Scheme, Unit

NONE = 0  # with no platform: not dispatched yet, settled on the spot, or given to an office outside all of them
Assignment = Mapping[str, Any]


def counts(command: int, scheme: int) -> Counter[int]:
    """How many cases of the command's area each platform of the scheme has or had; `NONE` for those without.

    An earlier scheme counts the cases that came in while it was in force, where they were when it ended: the figures
    are the same before a reorganisation and ever after. The scheme in force counts every case, closed ones by the
    successors of the platforms they lived in. Inside a scope that sees the area.
    """
    found, area = _map(command, scheme), Unit.objects.values_list("area__code", flat=True).get(pk=command)
    rows = Case.objects.filter(area__startswith=area)
    if found.until is None:
        lived = rows.values_list("category", "state__assignments")
        return Counter(found.platform(category, assignments or ()) for category, assignments in lived.iterator())
    categories = dict(rows.filter(received_at__lt=found.until).values_list("id", "category"))
    then = _as_of(found.until, categories)
    return Counter(found.platform(category, then.get(case, ())) for case, category in categories.items())


@frozen(kw_only=True)
class _Map:
    """One scheme, and how units of other times lead to it."""

    until: datetime | None  # when the reorganisation that ended it began; None: it is in force
    platforms: frozenset[int]
    of_office: Mapping[int, Sequence[int]]  # office → its platforms, in the pack's order
    usual: Mapping[str, int | None]  # category → platform
    heirs: Sequence[Mapping[int, Sequence[int]]]  # of every reorganisation up to this scheme, the oldest first

    def platform(self, category: str, assignments: Iterable[Assignment]) -> int:
        """The platform of the latest main assignment that was not taken back."""
        mains = [a for a in assignments if a["main"] and a["state"] != AssignmentState.ENDED.value]
        if not mains:
            return NONE
        main = mains[-1]
        through = self._later(main.get("platform") or main["unit"], category)
        if through in self.platforms:
            return through
        own = self.of_office.get(self._later(main["unit"], category), ())
        return self._pick(own, category)

    def _later(self, unit: int, category: str) -> int:
        """The unit itself, or whoever took over."""
        for heirs in self.heirs:
            if unit in heirs and unit not in self.platforms:
                unit = self._pick(heirs[unit], category) or unit
        return unit

    def _pick(self, units: Sequence[int], category: str) -> int:
        usual = self.usual.get(category)
        return usual if usual in units and usual else next(iter(units), NONE)


def _map(command: int, scheme: int) -> _Map:
    Scheme.objects.get(pk=scheme, command=command)  # raises where the two do not belong together
    rows = list(Reorganisation.objects.filter(command_id=command).order_by("pk"))
    own = next((i for i, row in enumerate(rows) if row.scheme_id == scheme), -1)
    after = [row for row in rows[own + 1 :] if row.scheme_id != scheme]
    upto = rows if not after else rows[: rows.index(after[0])]
    of_office: dict[int, list[int]] = defaultdict(list)
    members = PlatformMembership.objects.filter(scheme_id=scheme, platform__kind=UnitKind.PLATFORM.value)
    for platform, office in members.order_by("platform__position", "pk").values_list("platform_id", "office_id"):
        of_office[office].append(platform)
    routes = CategoryRoute.objects.filter(scheme_id=scheme).values_list("category", "platform_id")
    return _Map(
        until=after[0].started_at if after else None,
        platforms=frozenset(members.values_list("platform_id", flat=True)),
        of_office=of_office,
        usual=dict(routes),
        heirs=[{int(old): new for old, new in row.heirs.items()} for row in upto],
    )


def _as_of(moment: datetime, cases: Iterable[int]) -> dict[int, list[Assignment]]:
    """The assignments of cases as they were, from the journal: the last step before that changed them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (case_id) case_id, (body->'changes'->'assignments')::text FROM cases_step"
            " WHERE case_id = ANY(%s) AND at < %s AND body->'changes'->'assignments' IS NOT NULL"
            " ORDER BY case_id, no DESC",
            [list(cases), moment],
        )
        return {case: json.loads(text) for case, text in cursor.fetchall()}
