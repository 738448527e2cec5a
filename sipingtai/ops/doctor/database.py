"""The database: reachable, in range, migrated, with the right roles and policies, and of the same time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from sipingtai.access.rls import EnableRLS
from sipingtai.core.calendar import local
from sipingtai.ops.doctor.finding import Finding, Findings, Place

OLDEST, NEWEST = 15, 18
"""Major versions of PostgreSQL this release is tested with."""

SKEW = timedelta(seconds=5)


def rows(
    query: str, parameters: Sequence[Any] | dict[str, Any] | None = None, alias: str = "owner"
) -> list[tuple[Any, ...]]:
    """The rows of a question, asked as the owner unless said otherwise."""
    with connections[alias].cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def reachable(_place: Place) -> Findings:
    """Both roles get in."""
    for alias, variable in (("default", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL")):
        try:
            connections[alias].ensure_connection()
        except OperationalError as error:
            lines = str(error).strip().splitlines()
            yield Finding(
                f"连不上数据库（{variable}）：{lines[-1].strip() if lines else '没有说明原因'}。",
                f"请检查数据库是否在运行、{variable} 中的主机、端口、库名、用户和密码，以及 pg_hba.conf 是否放行。",
            )


def server_version(_place: Place) -> Findings:
    """The server is one the release is tested with."""
    yield from judged_server(int(rows("SHOW server_version_num")[0][0]))


def judged_server(number: int) -> Findings:
    """Whether a PostgreSQL version, such as 150018, is within the range."""
    if not OLDEST <= number // 10_000 <= NEWEST:
        yield Finding(
            f"PostgreSQL {number // 10_000}.{number % 10_000} 不在支持的范围（{OLDEST} 至 {NEWEST}）。",
            "请先用 sipingtai backup 备份，换用范围内的 PostgreSQL，再用 sipingtai restore 恢复。",
        )


def migrated(_place: Place) -> Findings:
    """The tables are those of this release."""
    executor = MigrationExecutor(connections["owner"])
    pending = [str(step) for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if not executor.loader.applied_migrations:
        yield Finding("数据库还没有建表。", "请运行 sipingtai migrate，再用 sipingtai init 装入乡镇包。")
    elif pending:
        shown = "、".join(pending[:3]) + ("等" if len(pending) > 3 else "")
        yield Finding(
            f"有 {len(pending)} 项数据库迁移没有执行（{shown}）。",
            "请先备份，再运行 sipingtai migrate（sipingtai serve 启动时也会执行）。",
        )
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    if ours := sorted(f"{app}.{name}" for app, name in unknown):
        yield Finding(
            f"数据库来自较新的版本（{'、'.join(ours[:3])}）。", "请安装与数据库同样或更新的版本，不要用旧版本运行。"
        )


def roles(_place: Place) -> Findings:
    """Row-level security binds the application: its role stands neither above it nor in the owner's place."""
    (name, superuser, bypasses), = rows(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user", alias="default"
    )  # fmt: skip
    remedy = f"请执行 ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS，或另建普通角色（见 docs/operations.md）。"
    if superuser or bypasses:
        what = "超级用户" if superuser else "可绕过行级安全的角色"
        yield Finding(f"应用角色 {name} 是{what}，行级安全对它不起作用：谁都能看到全部事件。", remedy)
    owned = rows(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND pg_has_role(%s, relowner, 'USAGE')", [name],
    )[0][0]  # fmt: skip
    if owned and not superuser:
        yield Finding(
            f"应用角色 {name} 拥有 {owned} 张数据表，或是其所有者的成员，行级安全对它不起作用。",
            "DATABASE_URL 与 DATABASE_OWNER_URL 必须是两个角色，前者不能是后者的成员（REVOKE 所有者 FROM 应用角色）。",
        )


def row_level_security(_place: Place) -> Findings:
    """It is on, and there are policies, wherever a migration put them."""
    wanted = {
        operation.table
        for migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, EnableRLS)
    }
    found = dict(
        rows(
            "SELECT relname, relrowsecurity AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid)"
            " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)", [sorted(wanted)],
        )
    )  # fmt: skip
    if off := sorted(table for table, on in found.items() if not on):
        yield Finding(
            f"数据表 {'、'.join(off)} 的行级安全被关闭，或策略被删除。",
            "请查明是谁改的，报告安全管理员；再执行 ALTER TABLE 表名 ENABLE ROW LEVEL SECURITY；缺策略则从备份恢复。",
        )


def clock(place: Place) -> Findings:
    """Database and machine agree on the time, and nothing was done tomorrow."""
    there: datetime = rows("SELECT clock_timestamp()")[0][0]
    apart = there - place.now
    remedy = "请校准本机和数据库主机的时钟，并启用自动对时（如 systemd-timesyncd、chrony）。"
    if abs(apart) > SKEW:
        way = "快" if apart > timedelta(0) else "慢"
        yield Finding(f"数据库的时钟比本机{way} {abs(apart).total_seconds():.0f} 秒，时限会算错。", remedy)
    for what, query in (
        ("日志的最后一步", "SELECT at FROM cases_step ORDER BY id DESC LIMIT 1"),
        ("最近一次锚定", "SELECT at FROM cases_anchor ORDER BY no DESC LIMIT 1"),
    ):
        for (at,) in rows(query):
            if at > place.now + SKEW:
                yield Finding(f"{what}的时间是 {local(at):%Y-%m-%d %H:%M:%S}，在本机时钟之后。", remedy)
