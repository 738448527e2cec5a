"""联系方式查看记录: who opened which matter's contact, when and why; for oversight and the audit administrator."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from sipingtai.core.posts import Post
from sipingtai.core.setting import Unit, UnitKind
from sipingtai.desk.frame import page, staff
from sipingtai.desk.oversight.frame import day, numeral
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.mechanisms.oversight import reveals as mechanism


@staff
@require_GET
def reveals(request: HttpRequest) -> HttpResponse:
    """One page, narrowed to a day and to one unit's people. Never the contact itself."""
    asker, asked = asker_of(request), request.GET
    if not mechanism.may_read(asker.standing):
        raise Http404("没有找到这一页。")
    on, unit, today = day(asked.get("day", "")), numeral(asked.get("unit", "")), asker.now.date()
    try:
        found = mechanism.page(asker.standing, asker.setting, today, day=on, unit=unit, cursor=asked.get("cursor", ""))
    except (ValueError, OverflowError):
        found = mechanism.page(asker.standing, asker.setting, today, day=on, unit=unit)
    narrowed = {"day": on.isoformat() if on else "", "unit": str(unit or "")}
    onward = {name: value for name, value in {**narrowed, "cursor": found.next}.items() if value}
    context = {
        "lines": found.lines,
        "next": f"{reverse('desk:reveals')}?{urlencode(onward)}" if found.next else "",
        "paged": bool(asked.get("cursor")),
        "day": narrowed["day"],
        "unit": unit,
        "units": _units(asker),
        "narrowed": any(narrowed.values()),
    }
    return page(request, "desk/oversight/reveals.html", context, current="reveals")


def _units(asker: Asker) -> list[Unit]:
    """The units one may narrow to: those of the area one's oversight or audit seats stand over."""
    posts = (Post.OVERSIGHT, Post.AUDIT_ADMIN)
    seats = [s for s in asker.actor.seats | asker.actor.substitute if s.post in posts and s.unit in asker.setting.units]
    areas = tuple(asker.setting.units[s.unit].area for s in seats)
    kept = [u for u in asker.setting.units.values() if u.kind is not UnitKind.GRID and u.area.startswith(areas)]
    return sorted(kept, key=lambda u: (u.area, u.id)) if areas else []
