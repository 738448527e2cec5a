"""What lies in deploy/: units systemd takes, commands and settings that exist, nothing that would harm PostgreSQL."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.core.management import load_command_class
from ruamel.yaml import YAML

from sipingtai.ops.postgres.layout import APP, OWNER, PORT, SUPERUSER, Layout
from tests.ops.test_serve import ROOT
from tests.ops.test_serve import environment as environment_of
from tests.servers import binaries, served

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
COMMAND = re.compile(r"^ExecStart=/opt/sipingtai/bin/sipingtai (\w+) ?(.*)$", re.M)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/sipingtai/bin/sipingtai", "/bin/true")
        (tmp_path / unit.name).write_text(re.sub(r"^(User|Group)=.*\n", "", text, flags=re.M), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "sipingtai" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_unit_runs_a_command_there_is_as_nobody_special(unit: Path) -> None:
    text = unit.read_text("utf-8")
    found = COMMAND.search(text)
    assert found
    command = load_command_class("sipingtai.ops", found[1])
    command.create_parser("sipingtai", found[1]).parse_args(found[2].split())
    for line in ("User=sipingtai", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "UMask=0077"):
        assert f"\n{line}\n" in text, line
    # The end of one unit would take away the shared memory of the PostgreSQL another still uses.
    assert not re.search(r"^RemoveIPC=(yes|true|1|on)", text, re.M)


def test_the_compose_file_names_settings_and_files_there_are() -> None:
    found = YAML(typ="safe", pure=True).load((DEPLOY / "compose" / "compose.yaml").read_text("utf-8"))
    reference = (ROOT / "docs" / "reference.md").read_text("utf-8")
    assert {"database", "web", "worker"} == set(found["services"])
    for name in found["services"]["web"]["environment"]:
        assert f"`{name}`" in reference
    mounted = [volume for volume in found["services"]["database"]["volumes"] if volume.startswith("./")]
    assert mounted
    assert all((DEPLOY / "compose" / volume.split(":")[0]).exists() for volume in mounted)
    subprocess.run(["sh", "-n", DEPLOY / "compose" / "roles.sh"], check=True)


def test_the_roles_of_the_compose_file_are_those_the_system_is_bound_by(tmp_path: Path) -> None:
    programs = binaries()[18]
    with served(programs, tmp_path / "server") as database:
        layout = Layout((tmp_path / "server").resolve())
        whole = {
            "host": str(layout.socket_folder), "port": PORT, "user": SUPERUSER, "password": layout.password(SUPERUSER)
        }  # fmt: skip
        with psycopg.connect(**whole, dbname="postgres", autocommit=True) as superuser:
            # As the image of PostgreSQL is when it runs the script: a superuser of that name, and nothing else.
            for statement in ("DROP DATABASE sipingtai", f"DROP ROLE {APP}", f"DROP ROLE {OWNER}"):
                superuser.execute(statement)
            superuser.execute("CREATE ROLE postgres SUPERUSER LOGIN PASSWORD 'secret'")
        environment = {
            "PATH": f"{programs}:/usr/bin:/bin", "PGHOST": str(layout.socket_folder), "PGPASSWORD": "secret",
            "APP_PASSWORD": layout.password(APP), "OWNER_PASSWORD": layout.password(OWNER),
        }  # fmt: skip
        subprocess.run(["sh", DEPLOY / "compose" / "roles.sh"], env=environment, check=True)
        own = environment_of(tmp_path) | database.environment()
        for command in ("migrate", "doctor"):
            done = subprocess.run(
                [sys.executable, "-m", "sipingtai", command],
                cwd=ROOT,
                env=own,
                capture_output=True,
                text=True,
                check=False,
            )
            assert "Traceback" not in done.stderr
            assert command == "doctor" or done.returncode == 0, done.stderr
        with psycopg.connect(**whole, dbname="sipingtai") as superuser:
            asked = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'sipingtai_owner'"
            assert superuser.execute(asked).fetchone() == (0,)
