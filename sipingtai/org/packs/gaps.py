"""What neither document nor supplement says, but a township at work needs (缺口); with one open it cannot go live."""

from collections.abc import Iterator

from sipingtai.core.posts import Post
from sipingtai.core.setting import Level, Urgency

from .catalogue import Catalogue
from .codes import grid_code, office_code, platform_code, room_code, station_code
from .content import Pack
from .desired_catalogue import routes
from .people import appointments
from .schema_limits import CLOCKS

ROOM_POSTS = (Post.INTAKE, Post.ANALYST, Post.DISPATCHER, Post.ASSESSOR, Post.CHIEF, Post.ROOM_HEAD)


def gaps(pack: Pack, catalogue: Catalogue | None) -> list[str]:
    """Every gap of a checked pack, one Chinese sentence each."""
    held = {seat for person in appointments(pack) for seat in person.seats}
    return [
        *_frame(pack),
        *_seats(pack, held),
        *_arbiters(pack, held),
        *_oversight(pack, held),
        *_platforms(pack, held),
        *_clocks(pack),
        *_categories(pack, catalogue),
    ]


def _frame(pack: Pack) -> Iterator[str]:
    if pack.scheme is None:
        yield "没有写明架构的名称与启用日期（架构）"
    elif pack.since is None:
        yield "没有写明架构的启用日期（架构: 启用）"
    if pack.room is None:
        yield "没有写明指挥室（指挥室）"
    if not pack.platforms:
        yield "没有写明任何平台（平台）"
    if pack.hops is None:
        yield "没有写明流转路径（流转: 路径）"
    if not pack.sessions:
        yield "没有写明上下班时间（作息）"
    if pack.answer_owed is None and pack.parent:
        yield "没有写明上报的事项是否由上级答复（上报答复）"
    if pack.station:
        if pack.station.answer_owed is None:
            yield "没有写明村里上报的事项是否由上级答复（村级工作站: 上报答复）"
        if pack.station_first is None:
            yield "没有写明网格上报的事项由谁先受理（流转: 先行受理）"
    if pack.level is Level.TOWNSHIP:
        if not pack.villages:
            yield "没有列出行政村（行政村）"
        if not pack.grids:
            yield "没有列出网格（网格单元）"


def _seats(pack: Pack, held: set[tuple[str, Post]]) -> Iterator[str]:
    for post in ROOM_POSTS:
        if (room_code(pack.code), post) not in held:
            yield f"指挥室的“{post.label}”无人担任（人员）"
    for office in pack.real_offices:
        code = office_code(pack.code, office.name)
        for post in (Post.OFFICE_HEAD, Post.HANDLER):
            if (code, post) not in held:
                yield f"机构“{office.name}”没有{post.label}（人员、逐一配备）"
    for grid in pack.grids:
        if (grid_code(grid.code), Post.GRID_WORKER) not in held:
            yield f"网格“{grid.name}”没有网格员（人员、逐一配备）"
    if pack.station:
        for village in pack.villages:
            if (station_code(village.code), Post.STATION) not in held:
                yield f"“{village.name}”的村级工作站无人（人员、逐一配备）"


def _arbiters(pack: Pack, held: set[tuple[str, Post]]) -> Iterator[str]:
    names = pack.arbiters()
    if not names:
        yield "没有写明由谁裁定（裁定）"
    for name in names:
        title = pack.title(name)
        if title is None or title.role is None:
            yield f"裁定人“{name}”没有角色（岗位: 角色）"
        elif (room_code(pack.code), title.role) not in held:
            yield f"裁定人“{name}”无人担任（人员）"


def _oversight(pack: Pack, held: set[tuple[str, Post]]) -> Iterator[str]:
    watching = (room_code(pack.code), Post.OVERSIGHT) in held
    for ref in (ref for watch in pack.oversight for ref in watch.by):
        title = pack.title(ref.name)
        if title and title.role is not Post.OVERSIGHT:
            yield f"监督人“{ref.name}”没有监督角色（岗位: 角色）"
        elif not watching:
            yield f"“{ref.name}”的监督无人担任（人员）"


def _platforms(pack: Pack, held: set[tuple[str, Post]]) -> Iterator[str]:
    for platform in pack.platforms:
        if platform.head is None:
            yield f"平台“{platform.name}”没有写明分管领导（平台: 分管领导）"
        if (platform_code(pack.code, platform.name), Post.PLATFORM_HEAD) not in held:
            yield f"平台“{platform.name}”的负责人无人担任（人员: 任职）"
        if platform.managing is None:
            yield f"平台“{platform.name}”没有日常管理机构（平台: 日常管理）"
        if all(part == "managing" for part, _ in platform.parts()):
            yield f"平台“{platform.name}”没有成员（平台: 成员）"


def _clocks(pack: Pack) -> Iterator[str]:
    general = {row.clock for row in pack.limits if row.level == 0 and row.urgency is Urgency.NORMAL}
    for label, clock in CLOCKS.items():
        if clock not in general:
            yield f"没有“{label}”的通用时限（时限）"


def _categories(pack: Pack, catalogue: Catalogue | None) -> Iterator[str]:
    if catalogue is None:
        yield "没有写明用哪个分类目录（分类目录）"
        return
    lost: dict[str, int] = {}

    for code, (platform, office) in routes(pack, catalogue).items():
        if not platform and not office:
            lost[code[:2]] = lost.get(code[:2], 0) + 1
    for major in catalogue.majors:
        if major.code in lost:
            yield f"分类“{major.code} {major.name}”有 {lost[major.code]} 个小类没有归口的平台或机构（分类对应）"
