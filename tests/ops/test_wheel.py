"""The wheel as an office gets it: built twice the same, whole, and a system of its own far from any checkout."""

import contextlib
import csv
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
import uuid
import venv
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from pathlib import Path

import pytest

from sipingtai.ops.postgres import server
from tests.acceptance.people import a_photo
from tests.acceptance.visitor import Visitor
from tests.ops.test_serve import ROOT, answer, free_port

T = "331125201-"
EDGE = "edge-of-a-part"
BUILT = "sipingtai/faces/static/faces/build"
LAMP = {"channel": "hotline", "text": "会溪桥头的路灯不亮了。", "place": "会溪桥头", "category": "17002"}


def clean_tree(into: Path) -> Path:
    """What a fresh clone holds, and the front end that `make setup` builds; nothing else that lies about."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (source := ROOT / name).is_file() or source.is_symlink():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, into / name, follow_symlinks=False)
    shutil.copytree(ROOT / BUILT, into / BUILT)
    return into


def build(into: Path) -> Path:
    """What `make wheel` does, in a copy of the tree."""
    tree = clean_tree(into / "tree")
    command = re.search(r"pip wheel (.*) --wheel-dir dist \.", (ROOT / "Makefile").read_text("utf-8"))
    assert command, "make wheel is built otherwise now"
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *command[1].split(), "--wheel-dir", str(into), "."],
        cwd=tree, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    (wheel,) = into.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def held(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_it_holds_every_part_of_the_package_and_nothing_else(held: set[str]) -> None:
    wanted = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "sipingtai").rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    }
    wanted |= {f"sipingtai/{path.relative_to(ROOT)}" for path in (ROOT / "presets").rglob("*") if path.is_file()}
    assert {name for name in held if ".dist-info/" not in name} == wanted
    assert any(name.startswith(f"{BUILT}/desk") for name in held)
    assert sum(name.startswith("sipingtai/presets/townships/") for name in held) >= 20


def test_it_is_the_same_when_it_is_built_again(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == wheel.read_bytes()


def test_it_names_what_it_needs(wheel: Path, held: set[str]) -> None:
    (metadata,) = (name for name in held if name.endswith(".dist-info/METADATA"))
    said = HeaderParser().parsestr(zipfile.ZipFile(wheel).read(metadata).decode())
    lines = (ROOT / "requirements/base.in").read_text("utf-8").splitlines()
    assert said.get_all("Requires-Dist") == [line for line in lines if line and not line.startswith("#")]
    assert said["Requires-Python"] == ">=3.11"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `sipingtai` of an environment of its own. What the wheel needs comes from the environment of this run, so
    that nothing is fetched; `make test-matrix` installs it from the lock."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = (folder / "lib").glob("python*/site-packages")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(folder), "install", "-q", "--disable-pip-version-check",
         "--no-deps", "--no-index", str(wheel)], check=True,
    )  # fmt: skip
    here = Path(str(importlib.metadata.distribution("django").locate_file("")))
    (site / "needs.pth").write_text(f"{here}\n", encoding="utf-8")  # the editable checkout is not taken along
    return folder / "bin" / "sipingtai"


@pytest.fixture(scope="module")
def office(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Office"]:
    home, elsewhere = tmp_path_factory.mktemp("home") / "live", tmp_path_factory.mktemp("elsewhere")
    office = Office(installed, home, elsewhere)
    try:
        office.run("migrate", "-v0")
        assert "已写入" in office.run("init", "331125", "331125201", "--yes")
        port = free_port()
        office.base = f"http://127.0.0.1:{port}"
        with (elsewhere / "out").open("wb") as out:
            serving = subprocess.Popen(
                [installed, "serve", "--workers", "1", "--port", str(port)],
                cwd=elsewhere, env=office.environment, stdout=out, stderr=out,
            )  # fmt: skip
        assert answer(f"{office.base}/healthz") == "ok\n", (elsewhere / "out").read_text("utf-8")
        yield office
        serving.terminate()
        assert serving.wait(timeout=30) == 0
    finally:
        server.stop(home)


class Office:
    """An installation without a checkout."""

    base = ""

    def __init__(self, command: Path, home: Path, elsewhere: Path) -> None:
        self.command, self.home, self.elsewhere = command, home, elsewhere
        kept = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        self.environment = kept | {"SIPINGTAI_HOME": str(home), "NO_PROXY": "127.0.0.1"}

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.command, *arguments], cwd=self.elsewhere, env=self.environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def passwords(self) -> dict[str, str]:
        with (self.home / "initial-passwords.csv").open(encoding="utf-8", newline="") as file:
            return dict(csv.reader(file))

    def token(self, username: str) -> str:
        return self.run("token", username, "--scope", "cases:read", "--scope", "cases:write", "--days", "1").strip()

    def ask(self, token: str, path: str, body: object = None, **headers: str) -> dict[str, object]:
        content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        asked = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            data=None if body is None else content,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | headers,
        )
        with contextlib.closing(urllib.request.urlopen(asked, timeout=30)) as response:
            found: dict[str, object] = json.load(response)
            return found


def test_a_case_goes_from_report_to_closed(office: Office) -> None:
    clerk, dispatcher, handler = (office.token(T + name) for name in ("intake", "dispatcher", "office-30"))
    number = office.ask(clerk, "/cases", LAMP, **{"Idempotency-Key": str(uuid.uuid4())})["number"]
    office.ask(clerk, f"/cases/{number}/accept", {})
    office.ask(dispatcher, f"/cases/{number}/dispatch", {"to": T + "综合执法平台"})
    office.ask(office.token(T + "platform-2-head"), f"/cases/{number}/forward", {"to": T + "村容村貌"})
    office.ask(handler, f"/cases/{number}/sign", {})
    form = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'.encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={EDGE}"}
    photo = office.ask(handler, "/files", form + a_photo() + f"\r\n--{EDGE}--\r\n".encode(), **kind)["id"]
    office.ask(handler, f"/cases/{number}/finish", {"text": "已更换灯泡。", "files": [photo]})
    assert office.ask(dispatcher, f"/cases/{number}/verify", {})["stage"] == "closed"
    assert "没有发现不符" in office.run("verify")


def test_a_desk_page_shows_itself_with_its_built_sheet(office: Office) -> None:
    clerk, initial = Visitor(office.base), office.passwords()[T + "intake"]
    first = clerk.sign_in(T + "intake", initial).get("/")
    assert "修改密码" in first.words
    changed = {"oldpassword": initial, "password1": "会溪桥头-灯亮了-2", "password2": "会溪桥头-灯亮了-2"}
    assert clerk.post(first.url, first.form("") | changed).status == 200
    desk = clerk.get("/")
    assert "工作台" in desk.words or "待受理" in desk.words
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', desk.text)
    assert sheets
    for sheet in sheets:
        assert clerk.get(sheet).status == 200
