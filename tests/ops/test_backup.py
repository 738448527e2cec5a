"""A backup made while people work, and what becomes of it: restored elsewhere, changed, cut short, in wrong hands."""

import io
import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from sipingtai.access.file_store import installed_files
from sipingtai.cases.models import Attachment
from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.moves import Move
from sipingtai.loop.moves import move
from sipingtai.ops.backup.copying import check
from sipingtai.ops.backup.making import back_up, last
from sipingtai.ops.backup.manifest import read
from sipingtai.ops.backup.restoring import MARK, checked
from sipingtai.ops.backup.trouble import BackupTrouble
from sipingtai.ops.postgres import server
from tests.access.test_uploads import picture, taken
from tests.anchored import anchored
from tests.ops.test_serve import ROOT
from tests.servers import binaries, served
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)

PASSPHRASE = "会溪桥头第三盏路灯亮了又灭"
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _anchors_of_nobody_else(settings: Settings, tmp_path: Path) -> None:
    settings.SIPINGTAI_ANCHORS = tmp_path / "anchors"


@pytest.fixture
def work(wuxi: Township, transactional_db: None) -> Township:
    """A matter with a photo and a contact, anchored; another that is not."""
    case = wuxi.report("会溪桥头的路灯不亮了。", category="17002", name="王小明", phone="13900000001").case_id
    accept_with_a_photo(wuxi, case, 400)
    anchored()
    wuxi.report("村口井盖缺失。", by="331125201-intake", category="17002")
    return wuxi


def accept_with_a_photo(township: Township, case: int, size: int) -> None:
    accepted = taken(picture("JPEG", (size, 200)), "现场.jpg")
    photo = Attachment(name="现场.jpg", mime="image/jpeg", size=1, digest=installed_files().keep(accepted))
    with township.acting("331125201-intake") as actor:
        move(
            case, Move(action=A.ACCEPT, files=1), actor=actor, now=local(timezone.now()), setting=township.setting,
            files=[photo],
        )  # fmt: skip


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def run(*arguments: str | Path, home: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """`sipingtai` in a process of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_")}
    own = {"SIPINGTAI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "sipingtai.config.settings"}
    command = [sys.executable, "-m", "sipingtai", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=kept | own | extra, capture_output=True, text=True, timeout=180, check=False
    )


def entries(target: Path) -> list[str]:
    return sorted(path.name for path in target.iterdir() if path.name != ".lock")


def test_a_backup_made_while_people_work_is_restored_elsewhere_without_a_fault(
    work: Township, tmp_path: Path, passphrase_file: Path
) -> None:
    over, written = threading.Event(), []

    def people() -> None:
        try:
            while not over.is_set() and len(written) < 300:
                case = work.report(f"第 {len(written)} 盏路灯不亮了。", by="331125201-intake", category="17002").case_id
                accept_with_a_photo(work, case, 201 + len(written))
                written.append(case)
        finally:
            connections.close_all()

    writing = threading.Thread(target=people)
    writing.start()
    while len(written) < 3:
        time.sleep(0.02)
    before = len(written)
    made = back_up(tmp_path / "backups", PASSPHRASE, NOW)
    during = len(written)
    over.set()
    writing.join()
    assert before < during, "people went on working"

    home = tmp_path / "new"
    half_a_restoring(home)
    done = run("restore", made, "--passphrase-file", passphrase_file, "--reason", "硬盘坏了", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "没有发现不符" in done.stdout
    held = json.loads((made / "manifest.json").read_text("utf-8"))["counts"]
    assert f"核验事件 {held['cases_case']} 件、步骤 {held['cases_step']} 个" in done.stdout
    assert before <= held["cases_case"] <= during + 3
    again = run("verify", home=home)
    assert "没有发现不符" in again.stdout
    assert "恢复到 2026-03-02 09:30 的备份：硬盘坏了" in again.stdout
    assert "所有步骤都已锚定" in again.stdout
    assert not (home / MARK).exists()
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (home / "keys").rglob("*.key"))
    refused = run("restore", made, "--passphrase-file", passphrase_file, home=home)
    assert refused.returncode == 1
    assert "已有数据" in refused.stderr
    server.stop(home)


def half_a_restoring(home: Path) -> None:
    """What a restoring that was killed leaves."""
    for path in (home / "files" / "aa" / "half", home / "keys" / "journal-000001.key", home / MARK):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(b"half")
        path.chmod(0o600)


def test_a_backup_goes_to_a_database_server_of_the_office_even_an_older_one(
    work: Township, tmp_path: Path, passphrase_file: Path
) -> None:
    made = back_up(tmp_path / "backups", PASSPHRASE, NOW)
    with served(binaries()[16], tmp_path / "16") as office:
        home = tmp_path / "new"
        arguments = ("restore", made, "--passphrase-file", passphrase_file)
        done = run(*arguments, home=home, **office.environment())
        assert done.returncode == 0, done.stdout + done.stderr
        assert "核验事件 2 件" in done.stdout
        shutil.rmtree(home)
        assert "数据库里已有数据表" in run(*arguments, home=home, **office.environment()).stderr


@pytest.fixture
def made(work: Township, tmp_path: Path) -> Path:
    return back_up(tmp_path / "backups", PASSPHRASE, NOW)


def test_only_its_owner_can_read_it_and_no_key_lies_in_it(made: Path) -> None:
    assert made.name == "sipingtai-20260302-093000"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in made.rglob("*") if path.is_file()}
    assert (stat.S_IMODE(made.stat().st_mode), modes) == (0o700, {0o600})
    whole = b"".join(path.read_bytes() for path in made.rglob("*") if path.is_file())
    for key in (Path(settings.SIPINGTAI_HOME) / "keys").iterdir():
        assert key.read_bytes().strip() not in whole, key.name
    assert PASSPHRASE.encode() not in whole
    assert last(Path(settings.SIPINGTAI_HOME)) == (NOW, str(made))


def test_a_wrong_passphrase_is_said_so(made: Path) -> None:
    with pytest.raises(BackupTrouble, match="备份口令不对，什么都没有改"):
        checked(made, PASSPHRASE + " ")


def changes(made: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(path for path in made.rglob("*") if path.is_file() and path.name != "manifest.json"):
        yield path, path.read_bytes()


def test_whatever_is_changed_in_it_it_is_refused(made: Path) -> None:
    assert checked(made, PASSPHRASE).folder == made
    looked_at, parts = [], read(made).parts
    for path, content in changes(made):
        part = parts[path.relative_to(made).as_posix()]
        for changed in (content[:-1], content + b"x", bytes([content[0] ^ 1]) + content[1:]):
            path.write_bytes(changed)
            with pytest.raises(BackupTrouble, match="被改动或已损坏"):
                check(path, part)
        if path.name == "database.dump":
            with pytest.raises(BackupTrouble, match="被改动或已损坏"):
                checked(made, PASSPHRASE)
        path.unlink()
        with pytest.raises(BackupTrouble, match="缺少文件"):
            check(path, part)
        path.write_bytes(content)
        looked_at.append(path.relative_to(made).parts[0])
    assert set(looked_at) == {"database.dump", "keys.sealed", "anchors", "files"}


def test_a_manifest_that_was_changed_to_fit_is_refused(made: Path) -> None:
    path = made / "manifest.json"
    said = json.loads(path.read_text("utf-8"))
    for change in ({"counts": said["counts"] | {"cases_case": 1}}, {"made_at": "2020-01-01T00:00:00+08:00"}):
        path.write_text(json.dumps(said | change), encoding="utf-8")
        with pytest.raises(BackupTrouble, match="被改动过"):
            checked(made, PASSPHRASE)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format": 2}', '{"format": 1, "parts": {}}', "\x00"])
def test_what_is_no_manifest_is_told(content: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(BackupTrouble, match=r"无法读取或已损坏|格式是第"):
        checked(tmp_path, PASSPHRASE)


def test_a_folder_without_a_backup_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackupTrouble, match="不是完整的备份"):
        checked(tmp_path / "nowhere", PASSPHRASE)


def test_a_backup_that_is_interrupted_leaves_nothing_half(work: Township, tmp_path: Path) -> None:
    def stop(done: int, _all: int) -> None:
        if done > 1000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(tmp_path / "backups", PASSPHRASE, NOW, stop)
    assert entries(tmp_path / "backups") == []


def test_a_backup_told_to_stop_while_it_dumps_leaves_nothing_half(
    work: Township, tmp_path: Path, passphrase_file: Path, owner_connection: psycopg.Connection
) -> None:
    target = tmp_path / "backups"
    with owner_connection.transaction():
        owner_connection.execute("LOCK TABLE org_line IN ACCESS EXCLUSIVE MODE")  # the dump waits for it
        command = [sys.executable, "-m", "sipingtai", "backup", str(target), "--passphrase-file", str(passphrase_file)]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sipingtai.config.settings"}
        environment["SIPINGTAI_HOME"] = str(settings.SIPINGTAI_HOME)
        backing_up = subprocess.Popen(command, cwd=ROOT, env=environment)
        for _ in range(300):
            if list(target.glob(".unfinished-*/database.dump")):
                break
            time.sleep(0.1)
        backing_up.send_signal(signal.SIGTERM)
        assert backing_up.wait(timeout=30) == 1
    assert entries(target) == []


def test_what_a_killed_backup_left_is_cleared_by_the_next(work: Township, tmp_path: Path) -> None:
    left = tmp_path / "backups" / ".unfinished-sipingtai-20260301-000000"
    left.mkdir(parents=True)
    (left / "database.dump").write_bytes(b"half")
    made = back_up(tmp_path / "backups", PASSPHRASE, NOW)
    assert entries(tmp_path / "backups") == [made.name]


def test_a_full_disk_is_told_and_leaves_nothing_half(work: Township, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    try:
        with pytest.raises(BackupTrouble, match="没有留下半份"):
            back_up(tmp_path / "backups", PASSPHRASE, NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert entries(tmp_path / "backups") == []


def test_a_backup_beside_the_data_is_refused(work: Township) -> None:
    with pytest.raises(BackupTrouble, match="一起坏，一起丢"):
        back_up(Path(settings.SIPINGTAI_HOME) / "backups", PASSPHRASE, NOW)


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        ("短", 0o600, "至少 12 个字符"),
        (PASSPHRASE, 0o640, "chmod 600"),
        (None, 0, "无法读取口令文件"),
    ],
)
def test_a_bad_passphrase_file_is_told(content: str | None, mode: int, said: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content, encoding="utf-8")
        path.chmod(mode)
    with pytest.raises(CommandError, match=said):
        call_command("backup", str(tmp_path / "backups"), passphrase_file=path, stdout=io.StringIO())


def test_without_a_terminal_and_without_a_file_it_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="--passphrase-file"):
        call_command("backup", str(tmp_path / "backups"), stdout=io.StringIO())
