"""Each fault `sipingtai doctor` knows, really made, and the sentence it gets; and its silence when all is well."""

import io
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from attrs import evolve
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from procrastinate.contrib.django import app
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from sipingtai.config.database import is_embedded
from sipingtai.core.calendar import local
from sipingtai.ops.doctor import database, home, machine, work
from sipingtai.ops.doctor.finding import Finding, Place
from sipingtai.ops.postgres import server
from sipingtai.ops.tls import local_certificate
from tests.anchored import anchored
from tests.ops.test_backup import accept_with_a_photo
from tests.ops.test_serve import ROOT, free_port
from tests.township import Township

Owner = psycopg.Connection[object]
Look = Callable[[Place], Iterator[Finding]]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A home of its own; the database is this run's."""
    for name in ("keys", "anchors"):
        (tmp_path / name).mkdir(mode=0o700)
    return Place(home=tmp_path, anchors=tmp_path / "anchors", now=local(timezone.now()), port=free_port())


def said(look: Look, place: Place) -> str:
    return "\n".join(f"{finding.says} {finding.remedy}" for finding in look(place))


AROUND = [
    machine.python_version, machine.port_free, home.file_rights, home.anchors_writable, home.certificates,
    home.restoring_finished,
]  # fmt: skip


@pytest.mark.parametrize("look", AROUND)
def test_a_sound_home_on_a_sound_machine_has_nothing(look: Look, place: Place) -> None:
    assert said(look, place) == ""


@pytest.mark.parametrize(("version", "found"), [((3, 10), True), ((3, 11), False), ((3, 13), False), ((3, 20), True)])
def test_python_out_of_range(version: tuple[int, int], found: bool) -> None:
    assert bool(list(machine.judged_python(version))) == found


@pytest.mark.parametrize(("number", "found"), [(140_022, True), (150_000, False), (180_004, False), (190_000, True)])
def test_postgresql_out_of_range(number: int, found: bool) -> None:
    assert bool(list(database.judged_server(number))) == found


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a disk of its own")
def test_a_disk_that_is_full(place: Place, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        told = said(machine.disk_space, evolve(place, anchors=disk / "anchors"))
        assert f"{disk / 'anchors'} 所在的磁盘已满，只剩 1 MB" in told
        assert "写满后任何人都无法上报和办理" in told
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_port_somebody_else_has(place: Place) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = said(machine.port_free, evolve(place, port=taken.getsockname()[1]))
    assert "已被占用" in told
    assert "ss -ltnp" in told


def test_a_port_our_own_server_has(place: Place, live_server: LiveServer) -> None:
    assert said(machine.port_free, evolve(place, port=int(live_server.url.rsplit(":", 1)[1]))) == ""


def test_rights_that_let_others_read(place: Place) -> None:
    key = place.home / "keys" / "journal-000001.key"
    key.write_text("00", encoding="ascii")
    key.chmod(0o644)
    assert f"{key} 的权限为 644" in said(home.file_rights, place)
    assert f"chmod 600 {key}" in said(home.file_rights, place)
    key.chmod(0o600)
    place.anchors.chmod(0o755)
    assert f"chmod 700 {place.anchors}" in said(home.file_rights, place)
    place.home.chmod(0o777)
    assert f"chmod 755 {place.home}" in said(home.file_rights, place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_files_that_belong_to_another_user(place: Place) -> None:
    os.chown(place.home / "keys", 12345, 12345)
    assert "属于另一个用户（编号 12345）" in said(home.file_rights, place)


def test_anchors_that_cannot_be_written(place: Place) -> None:
    (place.home / "plain").write_text("", encoding="ascii")
    told = said(home.anchors_writable, evolve(place, anchors=place.home / "plain" / "anchors"))
    assert "写不进去" in told
    assert "SIPINGTAI_ANCHORS" in told
    (place.anchors / "journal.anchors").mkdir()
    assert "写不进去" in said(home.anchors_writable, place)


def test_certificates_that_end_soon_or_have_ended(place: Place) -> None:
    keys = place.home / "keys"
    local_certificate(keys, ["localhost"], place.now.astimezone(UTC) - timedelta(days=380))
    assert f"证书 {keys / 'tls' / 'server.pem'} " in said(home.certificates, place)
    assert "到期" in said(home.certificates, place)
    assert "ca.pem" not in said(home.certificates, place)
    assert "已过期" in said(home.certificates, evolve(place, now=place.now + timedelta(days=30)))
    own = place.home / "own.pem"
    assert "无法读取" in said(home.certificates, evolve(place, certificate=own))
    own.write_text("no certificate", encoding="ascii")
    assert "请更换证书文件" in said(home.certificates, evolve(place, certificate=own))


def test_a_restoring_cut_short(place: Place) -> None:
    (place.home / "restore.unfinished").touch()
    assert "重新运行 sipingtai restore" in said(home.restoring_finished, place)


def test_no_backup_and_an_old_one(place: Place) -> None:
    assert "还没有备份过" in said(home.backup_age, place)
    note = place.home / "last-backup.json"
    for hours, old in ((47, False), (49, True)):
        note.write_text(json.dumps({"at": (place.now - timedelta(hours=hours)).isoformat(), "path": "/mnt/b"}), "utf-8")
        assert ("太旧了" in said(home.backup_age, place)) == old
    note.write_text("{", encoding="ascii")
    assert "还没有备份过" in said(home.backup_age, place)


both = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@both
def test_an_empty_database_has_no_packs(place: Place, transactional_db: None) -> None:
    assert "sipingtai init" in said(work.packs, place)


@both
def test_a_sound_database_has_nothing(wuxi: Township, place: Place) -> None:
    for look in (
        database.reachable, database.server_version, database.migrated, database.roles, database.row_level_security,
        database.clock, work.packs, work.calendar_years, work.key_versions, work.attachments, work.jobs,
        work.anchors_fresh, work.backed_up,
    ):  # fmt: skip
        assert said(look, place) == "", look


@both
def test_a_migration_that_is_pending_and_one_from_the_future(place: Place, owner_connection: Owner) -> None:
    newest = "SELECT max(name) FROM django_migrations WHERE app = 'access'"
    (last,) = owner_connection.execute(newest).fetchone() or ("",)
    changed = "UPDATE django_migrations SET name = %s WHERE app = 'access' AND name = %s"
    owner_connection.execute(changed, ["0099_later", last])
    try:
        told = said(database.migrated, place)
    finally:
        owner_connection.execute(changed, [last, "0099_later"])
    assert f"access.{last}）。" in told
    assert "sipingtai migrate" in told
    assert "较新的版本（access.0099_later）" in told


@pytest.mark.skipif(not is_embedded(), reason="nobody here is superuser of another server")
@both
@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("ALTER ROLE {0} SUPERUSER", "ALTER ROLE {0} NOSUPERUSER", "超级用户"),
        ("ALTER ROLE {0} BYPASSRLS", "ALTER ROLE {0} NOBYPASSRLS", "可绕过行级安全"),
        ("GRANT {1} TO {0}", "REVOKE {1} FROM {0}", "其所有者的成员"),
    ],
)
def test_an_application_role_above_the_policies(wrong: str, right: str, told: str, place: Place, db: None) -> None:
    names = settings.DATABASES["default"]["USER"], settings.DATABASES["owner"]["USER"]
    with psycopg.connect(server.superuser_dsn(Path(settings.SIPINGTAI_HOME)), autocommit=True) as superuser:
        superuser.execute(wrong.format(*names))
        try:
            assert told in said(database.roles, place)
        finally:
            superuser.execute(right.format(*names))
    assert said(database.roles, place) == ""


@both
def test_row_level_security_switched_off(place: Place, owner_connection: Owner) -> None:
    owner_connection.execute("ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY")
    try:
        told = said(database.row_level_security, place)
    finally:
        owner_connection.execute("ALTER TABLE cases_case ENABLE ROW LEVEL SECURITY")
    assert "数据表 cases_case 的行级安全被关闭" in told
    assert "报告安全管理员" in told


@both
def test_clocks_that_disagree(wuxi: Township, place: Place, settings: Settings) -> None:
    settings.SIPINGTAI_ANCHORS = place.anchors
    wuxi.report("路灯不亮了。", by="331125201-intake", category="17002")
    anchored()
    assert "比本机快" in said(database.clock, evolve(place, now=place.now - timedelta(hours=1)))
    slow = said(database.clock, evolve(place, now=place.now - timedelta(hours=1)))
    assert "日志的最后一步的时间是" in slow
    assert "最近一次锚定的时间是" in slow
    assert "比本机慢" in said(database.clock, evolve(place, now=place.now + timedelta(minutes=1)))


@both
def test_a_year_without_a_calendar(wuxi: Township, place: Place) -> None:
    far = evolve(place, now=local(datetime(2049, 3, 1, tzinfo=UTC)))
    assert "没有 2049 年的节假日与调休安排" in said(work.calendar_years, far)
    december = evolve(place, now=local(datetime(2025, 12, 20, tzinfo=UTC)))
    assert said(work.calendar_years, december) == ""
    assert "没有 2048、2049 年" in said(
        work.calendar_years, evolve(place, now=local(datetime(2048, 12, 20, tzinfo=UTC)))
    )


@both
def test_a_key_or_a_file_that_is_gone(wuxi: Township, place: Place) -> None:
    live = Path(settings.SIPINGTAI_HOME)
    case = wuxi.report("路灯不亮了。", category="17002", name="王小明", phone="13900000001").case_id
    accept_with_a_photo(wuxi, case, 321)
    here = evolve(place, home=live)
    assert said(work.key_versions, here) == said(work.attachments, here) == ""
    told = said(work.key_versions, place)  # another home: no keys in it
    assert "缺少密钥 journal-000001.key，日志无法核验" in told
    assert "缺少密钥 vault-000001.key，联系方式无法解密" in told
    assert "抽查 1 个附件，缺少 1 个" in said(work.attachments, place)


@both
def test_work_that_does_not_get_done(wuxi: Township, place: Place, owner_connection: Owner) -> None:
    assert "后台任务没有在运行：" in said(work.worker, place)
    owner_connection.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert said(work.worker, place) == ""
    assert "最后一次应答在" in said(work.worker, evolve(place, now=place.now + timedelta(minutes=5)))
    task = app.configure_task("builtin:procrastinate.builtin_tasks.remove_old_jobs")
    failed, stuck, _waiting = (task.defer(max_hours=1000) for _ in range(3))
    owner_connection.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [failed])
    owner_connection.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [stuck])
    told = said(work.jobs, evolve(place, now=place.now + timedelta(minutes=20)))
    assert "有 1 个后台任务失败（如 builtin:" in told
    assert "有 1 个后台任务卡住了" in told
    assert "有 1 个后台任务过了 15 分钟还没有做" in told


@both
def test_steps_without_an_anchor_and_work_without_a_backup(wuxi: Township, place: Place, settings: Settings) -> None:
    settings.SIPINGTAI_ANCHORS = place.anchors
    wuxi.report("路灯不亮了。", by="331125201-intake", category="17002")
    later = evolve(place, now=place.now + timedelta(days=3))
    assert "1 步没有锚定" in said(work.anchors_fresh, later)
    assert "还没有备份过" in said(work.backed_up, later)
    anchored()
    assert said(work.anchors_fresh, later) == said(work.backed_up, place) == ""


@both
def test_the_command_tells_every_check_and_what_to_do(wuxi: Township, transactional_db: None) -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("doctor", port=free_port(), stdout=out)
    told = out.getvalue()
    assert "✓ 行级安全" in told
    assert "✗ 后台任务在运行：" in told
    assert "    怎么办：请启动 sipingtai worker" in told
    assert "没能检查" not in told


def doctor(place: Place, **extra: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_")}
    own = {"SIPINGTAI_HOME": str(place.home), "DJANGO_SETTINGS_MODULE": "sipingtai.config.settings"}
    command = [sys.executable, "-m", "sipingtai", "doctor", "--port", str(place.port)]
    done = subprocess.run(
        command, cwd=ROOT, env=kept | own | extra, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_a_database_that_is_not_there(place: Place) -> None:
    url = f"postgresql://somebody:secret@127.0.0.1:{place.port}/sipingtai"
    told = doctor(place, DATABASE_URL=url, DATABASE_OWNER_URL=url)
    assert "✗ 数据库可达：连不上数据库（DATABASE_URL）" in told
    assert "pg_hba.conf" in told
    assert "secret" not in told


def test_an_embedded_database_that_cannot_start_and_one_without_tables(place: Place) -> None:
    (place.home / "pg" / "cluster" / "torn").mkdir(mode=0o700, parents=True)
    (place.home / "pg").chmod(0o700)
    told = doctor(place)
    assert "不是完整的数据库" in told
    assert "✓ Python 版本" in told
    shutil.rmtree(place.home / "pg")
    assert "✗ 数据库迁移：数据库还没有建表。" in doctor(place)
    server.stop(place.home)


def test_a_secret_that_others_can_read_is_said_before_anything_else(place: Place) -> None:
    secret = place.home / "keys" / "django.key"
    secret.write_text("x" * 43, encoding="ascii")
    secret.chmod(0o644)
    assert f"chmod 600 {secret}" in doctor(place)
