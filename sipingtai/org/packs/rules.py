"""What must hold between the parts of a pack: names exist, nothing is double, counts agree, nothing circles."""

from collections.abc import Iterable

from sipingtai.core.posts import Post
from sipingtai.core.setting import Level
from sipingtai.core.who import GRID_POSTS

from .catalogue import Catalogue
from .content import Grid, Office, Pack, Person, Platform, Village
from .findings import Findings, Place, suggestion
from .people import AT_OFFICE, AT_PLATFORM, seat_places
from .section import Ref


def check(pack: Pack, catalogue: Catalogue | None, findings: Findings) -> None:
    """Note every contradiction within one pack. `catalogue` is None where the pack names none or it is broken."""
    _names(pack, findings)
    _references(pack, findings)
    _counts(pack, findings)
    _aliases(pack, findings)
    _places(pack, findings)
    _people(pack, findings)
    _teams(pack, findings)
    _command(pack, findings)
    _limits(pack, findings)
    if catalogue:
        _routes(pack, catalogue, findings)


def check_parents(packs: Iterable[Pack], findings: Findings) -> None:
    """Note packs of one area, and chains of 上级 that turn in a circle."""
    by_code: dict[str, Pack] = {}
    for pack in packs:
        if pack.code in by_code:
            findings.add(pack.place, f"地区代码“{pack.code}”已由另一个包使用", "每个地区只留一个包")
        by_code[pack.code] = pack
    for pack in by_code.values():
        seen, code = [pack.code], pack.parent
        while code in by_code and code not in seen:
            seen.append(code)
            code = by_code[code].parent
        if code == pack.code:
            findings.add(pack.place, f"“{pack.name}”的上级绕回了自己", "检查各包“地区”里的“上级”")
        if pack.parent and pack.level is Level.COUNTY:
            findings.add(pack.place, "县级包不能再有上级", "删去“地区”里的“上级”")


def _unique(kind: str, names: Iterable[tuple[str, Place]], findings: Findings) -> None:
    first: dict[str, Place] = {}
    for name, place in names:
        if name and name in first:
            findings.add(place, f"{kind}“{name}”写了两次（第{first[name].line}行已有）", "改成不同的名称，或合并")
        first.setdefault(name, place)


def _names(pack: Pack, findings: Findings) -> None:
    _unique("岗位", ((x.name, x.place) for x in pack.titles), findings)
    _unique("行政村代码", ((x.code, x.place) for x in pack.villages), findings)
    _unique("网格代码", ((x.code, x.place) for x in pack.grids), findings)
    _unique("条线", ((x.name, x.place) for x in pack.lines), findings)
    _unique("专项", ((x.name, x.place) for x in pack.campaigns), findings)
    _unique("服务事项", ((x.name, pack.place) for x in pack.services), findings)
    _unique("会议", ((x.name, x.place) for x in pack.meetings), findings)
    _unique("账号", ((x.account, x.place) for x in pack.people), findings)
    _unique("分类对应", ((x.category.name, x.place) for x in pack.routes), findings)
    # Seats and unit codes are found by name alone.
    everything: tuple[Platform | Office | Village | Grid, ...] = (
        *pack.platforms,
        *pack.offices,
        *pack.villages,
        *pack.grids,
    )
    _unique("名称", ((x.name, x.place) for x in everything), findings)
    for office in pack.offices:
        _unique(f"机构“{office.name}”的职责编号", ((d.number, office.place) for d in office.duties), findings)


def _known(kind: str, ref: Ref | None, names: set[str], findings: Findings) -> None:
    if ref is not None and ref.name and ref.name not in names:
        remedy = suggestion(ref.name, sorted(names))
        findings.add(ref.place, f"没有写明{kind}“{ref.name}”", f"{remedy}；或在“{kind}”中添上它")


def _references(pack: Pack, findings: Findings) -> None:
    offices = {o.name for o in pack.offices}
    platforms = {p.name for p in pack.platforms}
    titles = {t.name for t in pack.titles}
    if pack.room:
        _known("机构", pack.room.housed_in, offices, findings)
        _known("岗位", pack.room.head, titles, findings)
        _known("岗位", pack.room.commander, titles, findings)
    for office in pack.offices:
        _known("机构", office.same_as, offices, findings)
        _known("机构", office.successor, offices, findings)
    for platform in pack.platforms:
        _known("岗位", platform.head, titles, findings)
        for _, ref in platform.parts():
            _known("机构", ref, offices, findings)
    settlers = titles | {m.name for m in pack.meetings}
    for ruling in pack.rulings:
        for ref in ruling.by:
            _known("岗位", ref, settlers, findings)
    for watch in pack.oversight:
        for ref in watch.by:
            _known("岗位或机构", ref, titles | offices, findings)
    for ref in pack.roster.by if pack.roster else ():
        _known("岗位", ref, titles, findings)
    for service in pack.services:
        _known("机构", service.office, offices, findings)
    for meeting in pack.meetings:
        for ref in meeting.conveners:
            _known("机构", ref, offices, findings)
        for ref in meeting.platforms:
            _known("平台", ref, platforms, findings)
    for grid in pack.grids:
        _known("行政村", grid.village, {v.name for v in pack.villages}, findings)
    for route in pack.routes:
        _known("平台", route.platform, platforms, findings)
        _known("机构", route.office, offices, findings)


def _counts(pack: Pack, findings: Findings) -> None:
    for kind, count, items in (
        ("行政村", pack.village_count, pack.villages),
        ("网格", pack.grid_count, pack.grids),
    ):
        if items and count is not None and len(items) != count:
            findings.add(items[0].place, f"列了 {len(items)} 个{kind}，文件写明 {count} 个", "补足或删去，使两数相同")


def _aliases(pack: Pack, findings: Findings) -> None:
    for kind, step in (
        ("同一", {o.name: o.same_as.name for o in pack.offices if o.same_as}),
        ("接替", {o.name: o.successor.name for o in pack.offices if o.successor}),
    ):
        for office in pack.offices:
            seen, name = {office.name}, step.get(office.name)
            while name is not None and name not in seen:
                seen.add(name)
                name = step.get(name)
            if name == office.name:
                findings.add(office.place, f"机构“{office.name}”的“{kind}”绕回了自己", f"删去其中一处“{kind}”")


def _places(pack: Pack, findings: Findings) -> None:
    villages = {v.name: v.code for v in pack.villages}
    for village in pack.villages:
        if village.code and pack.level is Level.TOWNSHIP and not village.code.startswith(pack.code):
            findings.add(
                village.place, f"行政村代码“{village.code}”不在本乡镇（{pack.code}）之下", "前九位应为乡镇代码"
            )
    for grid in pack.grids:
        code = villages.get(grid.village.name)
        if code and grid.code and not grid.code.startswith(code):
            findings.add(grid.place, f"网格代码“{grid.code}”不在所属村（{code}）之下", "前十二位应为村代码")
    if pack.parent and not pack.code.startswith(pack.parent):
        findings.add(pack.place, f"上级代码“{pack.parent}”不是本地代码“{pack.code}”的前几位", "核对两个代码")


def _people(pack: Pack, findings: Findings) -> None:
    titles = {t.name for t in pack.titles}
    accounts = {p.account for p in pack.people}
    places = seat_places(pack)
    heads: dict[str, str] = {}
    head_titles = {p.name: p.head.name for p in pack.platforms if p.head}
    for person in pack.people:
        for ref in person.titles:
            _known("岗位", ref, titles, findings)
        _known("人员", person.substitute, accounts, findings)
        if person.substitute and person.substitute.name == person.account:
            findings.add(person.substitute.place, f"“{person.account}”的替补是自己", "改成另一个账号")
        for seat in person.seats:
            _known("平台、机构、村或网格", seat.at, set(places), findings)
            sort = places.get(seat.at.name)
            if sort and (seat.role in AT_PLATFORM) != (sort == "平台"):
                findings.add(seat.at.place, f"“{seat.role.label}”不能设在{sort}“{seat.at.name}”", "换一个角色或所在")
            if sort == "行政村" and pack.station is None:
                _no_station(seat.at.place, findings)
            if sort and seat.role in AT_OFFICE and sort != "机构":
                findings.add(seat.at.place, f"“{seat.role.label}”不能设在{sort}“{seat.at.name}”", "换一个角色或所在")
            if seat.role is Post.PLATFORM_HEAD:
                _platform_head(person, seat.at, heads, findings)
                wanted = head_titles.get(seat.at.name)
                if wanted and all(title.name != wanted for title in person.titles):
                    wrong = f"平台“{seat.at.name}”应由“{wanted}”分管，{person.account} 不任此岗位"
                    findings.add(seat.at.place, wrong, f"给这个人加岗位“{wanted}”")
            _part_time(seat.role, seat.part_time, seat.at.place, findings)
    templates = accounts | {rule.account for rule in pack.staffing}
    for rule in pack.staffing:
        _part_time(rule.role, rule.part_time, rule.place, findings)
        if rule.substitute and rule.substitute not in templates:
            findings.add(rule.place, f"没有替补账号“{rule.substitute}”", suggestion(rule.substitute, sorted(templates)))
        if rule.target == "行政村" and pack.station is None:
            _no_station(rule.place, findings)
        if rule.role is Post.PLATFORM_HEAD and heads:
            findings.add(
                rule.place, "平台负责人已在“人员”中逐个写明，又逐一配备", "两处只留一处，一个平台只有一名负责人"
            )


def _part_time(role: Post, part_time: bool | None, place: Place, findings: Findings) -> None:
    if part_time is not None and role not in GRID_POSTS:
        findings.add(place, f"“{role.label}”不分专职、兼职", "“专兼职”只写在网格员、网格长上")


def _teams(pack: Pack, findings: Findings) -> None:
    offices, accounts = {o.name for o in pack.offices}, {p.account for p in pack.people}
    for team in pack.teams:
        if (team.office is None) == (team.person is None):
            findings.add(team.place, "“组团服务”的一项应写一个机构或一个人员", "写上“机构”或“人员”，只写其一")
        _known("机构", team.office, offices, findings)
        _known("人员", team.person, accounts, findings)
        for ref in team.grids:
            _known("网格单元", ref, {g.name for g in pack.grids}, findings)


def _no_station(place: Place, findings: Findings) -> None:
    findings.add(place, "没有村级工作站，不能在行政村任职", "写上“村级工作站”，或删去这一项")


def _command(pack: Pack, findings: Findings) -> None:
    """Whoever the document makes commander or head of the room must be the one who sits there."""
    if pack.room is None:
        return
    for ref, post in ((pack.room.commander, Post.CHIEF), (pack.room.head, Post.ROOM_HEAD)):
        if ref is None:
            continue
        for person in pack.people:
            names = {title.name for title in person.titles}
            roles = {title.role for title in pack.titles if title.name in names}
            if post in roles and ref.name not in names:
                wrong = f"“{post.label}”应为“{ref.name}”，{person.account} 不任此岗位"
                findings.add(person.place, wrong, f"给这个人加岗位“{ref.name}”，或换人")


def _platform_head(person: Person, at: Ref, heads: dict[str, str], findings: Findings) -> None:
    if at.name in heads:
        findings.add(at.place, f"平台“{at.name}”有两名负责人（{heads[at.name]}、{person.account}）", "只留一名")
    heads.setdefault(at.name, person.account)


def _limits(pack: Pack, findings: Findings) -> None:
    seen: dict[tuple[str, int, str], Place] = {}
    for row in pack.limits:
        key = (row.clock, row.level, row.urgency)
        if key in seen:
            findings.add(
                row.place,
                f"“{row.clock.label}”同一层级、同一紧急程度的时限写了两次（第{seen[key].line}行已有）",
                "删去一处",
            )
        seen.setdefault(key, row.place)


def _routes(pack: Pack, catalogue: Catalogue, findings: Findings) -> None:
    known = {c.code for c in catalogue.categories} | {m.code for m in catalogue.majors}
    for route in pack.routes:
        name = route.category.name
        if name and name not in known:
            findings.add(route.category.place, f"分类目录里没有“{name}”", suggestion(name, sorted(known)))
