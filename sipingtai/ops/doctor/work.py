"""What the system works with: packs, calendar, keys, files; and whether the work in the background gets done."""

import os
import re
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from sipingtai.core.calendar import local
from sipingtai.ops.backup.making import FILES
from sipingtai.ops.doctor import home
from sipingtai.ops.doctor.database import rows
from sipingtai.ops.doctor.finding import Finding, Findings, Place
from sipingtai.org.setting import load

SAMPLE = 200  # attachments looked for
NEXT_YEAR_FROM = (12, 15)
"""The State Council's notice of next year's holidays comes in autumn; from this day on it must be there."""

SILENT = timedelta(minutes=2)  # a worker tells every few seconds that it lives
WAITING = timedelta(minutes=15)
UNANCHORED = timedelta(minutes=20)  # anchoring runs every five


def packs(_place: Place) -> Findings:
    """There is an organisation."""
    if not rows("SELECT 1 FROM org_command LIMIT 1"):
        yield Finding(
            "还没有装入乡镇包，没有单位和账号。",
            "请运行 sipingtai init 县代码 乡镇代码，例如 sipingtai init 331125 331125201。",
        )


def calendar_years(place: Place) -> Findings:
    """The official holidays of this year are known, and in late December those of the next."""
    today = local(place.now).date()
    years = [today.year] + [today.year + 1] * ((today.month, today.day) >= NEXT_YEAR_FROM)
    calendar = load(date(today.year, today.month, today.day)).calendar
    if missing := [year for year in years if not calendar.covers(year)]:
        yield Finding(
            f"没有 {'、'.join(map(str, missing))} 年的节假日与调休安排，时限暂按周一至周五计算。",
            "请把依赖包 chinesecalendar 升级到收录该年的版本，再对已装入的乡镇包重新运行 sipingtai init。",
        )


_KEYS_IN_USE = """
    SELECT 'journal', key_id FROM cases_step GROUP BY key_id
    UNION SELECT 'vault', key_id FROM access_contact WHERE sealed IS NOT NULL GROUP BY key_id
"""


def key_versions(place: Place) -> Findings:
    """Every key that something was sealed with is there."""
    there = {path.name for path in (place.home / "keys").glob("*.key")}
    for name, number in sorted(rows(_KEYS_IN_USE)):
        if (file := f"{name}-{number:06d}.key") not in there:
            lost = "日志无法核验" if name == "journal" else "联系方式无法解密"
            yield Finding(
                f"缺少密钥 {file}，{lost}。",
                "请停止系统，从备份恢复 keys 目录（sipingtai restore 到另一个 SIPINGTAI_HOME 后取出），不要删除数据。",
            )


def attachments(place: Place) -> Findings:
    """Of a random sample, every file is there. `sipingtai verify` looks at all of them, and into them."""
    query = "SELECT digest FROM cases_attachment WHERE digest <> '' AND id {} %s ORDER BY id LIMIT %s"
    start = UUID(bytes=os.urandom(16))
    found = rows(query.format(">="), [start, SAMPLE])
    found += rows(query.format("<"), [start, SAMPLE - len(found)])
    digests = [digest for (digest,) in found if re.fullmatch("[0-9a-f]{64}", digest)]
    missing = [digest for digest in digests if not (_folder(place) / digest[:2] / digest).is_file()]
    if missing:
        yield Finding(
            f"抽查 {len(digests)} 个附件，缺少 {len(missing)} 个（如 {missing[0][:16]}…）。",
            f"请检查 {_folder(place)} 所在的磁盘，从备份取回缺少的文件，再运行 sipingtai verify 全面核验。",
        )


def _folder(place: Place) -> Path:
    return place.home / FILES


def worker(place: Place) -> Findings:
    """Somebody does the background work."""
    lives = rows("SELECT max(last_heartbeat) FROM procrastinate_workers")[0][0]
    if lives is None or place.now - lives > SILENT:
        since = "" if lives is None else f"，最后一次应答在 {local(lives):%Y-%m-%d %H:%M}"
        yield Finding(
            f"后台任务没有在运行{since}：时限不推进，日志不锚定。",
            "请启动 sipingtai worker（systemctl start sipingtai-worker），并查看它的日志。",
        )


_JOBS = """
    SELECT count(*) FILTER (WHERE status = 'failed'),
        count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, begun.at) < %(late)s),
        count(*) FILTER (WHERE status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < %(silent)s)),
        min(task_name) FILTER (WHERE status = 'failed')
    FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
    LEFT JOIN LATERAL (
        SELECT max(e.at) AS at FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'deferred'
    ) begun ON j.status = 'todo'
    WHERE status IN ('failed', 'todo', 'doing')
"""


def jobs(place: Place) -> Findings:
    """Nothing failed, waits for ever, or is being done by nobody."""
    failed, waiting, stuck, name = rows(_JOBS, {"late": place.now - WAITING, "silent": place.now - SILENT})[0]
    if failed:
        yield Finding(
            f"有 {failed} 个后台任务失败（如 {name}）。",
            "请查看 sipingtai worker 的日志，排除原因；定时任务到时会自己再做，失败的记录可在查明后删除。",
        )
    if waiting:
        yield Finding(
            f"有 {waiting} 个后台任务过了 15 分钟还没有做。", "请检查 sipingtai worker 是否在运行、是否忙不过来。"
        )
    if stuck:
        yield Finding(
            f"有 {stuck} 个后台任务卡住了：做它的进程已经不在。",
            "请启动或重启 sipingtai worker，它会把这些任务收回来重做。",
        )


def anchors_fresh(place: Place) -> Findings:
    """What was written down has been anchored."""
    anchored = "coalesce((SELECT max(upto) FROM cases_anchor), 0)"
    query = f"SELECT count(*), min(at) FROM cases_step WHERE id > {anchored} AND at < %s"  # noqa: S608
    count, since = rows(query, [place.now - UNANCHORED])[0]
    if count:
        yield Finding(
            f"自 {local(since):%Y-%m-%d %H:%M} 起的 {count} 步没有锚定。",
            "请确认 sipingtai worker 在运行、锚定文件写得进去，再运行 sipingtai anchor。",
        )


def backed_up(place: Place) -> Findings:
    """There is a recent backup, once there is something to lose."""
    begun = rows("SELECT min(received_at) FROM cases_case")[0][0]
    if begun is not None and place.now - begun > home.TOO_OLD:
        yield from home.backup_age(place)
