"""The chosen tests against every PostgreSQL and with every Python found here: `make test-matrix`.

`make test` runs everything with one Python against one PostgreSQL. Here a chosen part runs against the others that the
system supports, and with `--brief` a part that fits into every check of a change.
"""

import argparse
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sipingtai.ops.doctor import database, machine
from tests.servers import binaries, served

ROOT = Path(__file__).parents[1]
EVERYDAY = 18  # the embedded server's: every other test runs against it
LIMIT = 420  # seconds one run may take; on an idle machine it takes a quarter
INSTALL_LIMIT = 240  # seconds; what a slow network does not bring in time is left out, and said

DATABASE_TESTS = (
    "tests/access/test_actor_scope.py",
    "tests/access/test_grants.py",
    "tests/access/test_rls.py",
    "tests/acceptance/test_wuxi.py",
    "tests/cases/test_verification.py",
    "tests/cases/test_verification_anchors.py::test_a_case_deleted_whole_is_missed",
    "tests/config/test_metrics.py",
    "tests/jobs/test_anchor.py",
    "tests/jobs/test_sweep.py",
    "tests/jobs/test_schedule.py",
    "tests/loop/test_door.py",
    "tests/ops/test_postgres_roles.py",
    "tests/ops/test_backup.py::test_only_its_owner_can_read_it_and_no_key_lies_in_it",
    "tests/ops/test_backup.py::test_whatever_is_changed_in_it_it_is_refused",
    "tests/ops/test_doctor.py::test_a_sound_database_has_nothing",
    "tests/org/test_applying.py",
)
"""The door, row-level security, acceptance, sweeps, anchors, verification, backup; migrations as set-up."""

PYTHON_TESTS = (
    "tests/core",
    "tests/insight",
    "tests/access",
    "tests/api",
    "tests/cases",
    "tests/jobs",
    "tests/org",
    "tests/acceptance/test_wuxi.py",
    "tests/ops/test_wheel.py",
    "tests/ops/test_tls.py",
    "tests/ops/test_backup.py",
    "tests/ops/test_doctor.py",
)

BRIEF_PYTHON_TESTS = (
    "tests/core/test_calendar.py",
    "tests/core/test_clocks.py",
    "tests/core/test_moves_ending.py",
    "tests/insight/test_bigrams.py",
    "tests/insight/sheets",
    "tests/access/test_seal.py",
    "tests/access/test_keys.py",
    "tests/access/test_uploads.py",
    "tests/org/test_reading.py",
    "tests/ops/test_wheel.py::test_a_case_goes_from_report_to_closed",
)

Told = tuple[bool, str]


def against(major: int, programs: Path) -> Told:
    """The database tests against a server of these programs."""
    with (
        tempfile.TemporaryDirectory(prefix=f"pg{major}-") as folder,
        served(programs, Path(folder) / "server") as server,
    ):
        name = f"PostgreSQL {server.version} ({programs})"
        return _tested(name, sys.executable, DATABASE_TESTS, folder, server.environment())


def using(python: Path, tests: tuple[str, ...]) -> Told:
    """Install the lock for this Python, then run its tests."""
    version = _version(python)
    name = f"Python {'.'.join(map(str, version))} ({python})"
    home = ROOT / ".venv" / "matrix" / ".".join(map(str, version[:2]))
    try:
        own = _installed(python, home)
    except subprocess.TimeoutExpired:
        return True, f"{name}: skipped, the lock was not installed within {INSTALL_LIMIT} s"
    except subprocess.CalledProcessError as error:
        return False, f"{name}: the lock cannot be installed\n{error.stderr}"
    with _folder("python-") as folder:
        return _tested(name, str(own), tests, folder, {})


@contextlib.contextmanager
def _folder(prefix: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _installed(python: Path, home: Path) -> Path:
    """An environment of this Python with everything the lock names; made once a lock."""
    lock = (ROOT / "requirements" / "dev.txt").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    stamp, own = home / f".made-{hashlib.sha256(lock).hexdigest()[:16]}", home / "bin" / "python"
    if stamp.exists():
        return own
    uv = str(ROOT / ".venv" / "bin" / "uv")
    shutil.rmtree(home, ignore_errors=True)
    until = time.monotonic() + INSTALL_LIMIT
    for command in (
        [uv, "venv", "--quiet", "--python", str(python), str(home)],
        [str(own), "-m", "ensurepip"],
        [uv, "pip", "install", "--quiet", "--python", str(own), "--require-hashes", "-r", "requirements/dev.txt"],
        [uv, "pip", "install", "--quiet", "--python", str(own), "--no-deps", "--no-build-isolation", "--editable", "."],
    ):
        left = max(until - time.monotonic(), 1)
        subprocess.run(command, cwd=ROOT, check=True, timeout=left, capture_output=True, text=True)
    stamp.touch()
    return own


def _tested(name: str, python: str, tests: tuple[str, ...], folder: Path, environment: dict[str, str]) -> Told:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SIPINGTAI_", "DATABASE_", "PYTEST_"))}
    command = [python, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", *tests]
    began = time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, env=kept | {"TMPDIR": str(folder)} | environment, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as testing:  # fmt: skip
        try:
            said, _ = testing.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(testing.pid, signal.SIGTERM)  # with the servers it has started
            said, _ = testing.communicate()
            return False, f"{name}: not done within {LIMIT} s\n{said[-3000:]}"
    lines = said.strip().splitlines() or ["no word"]
    if testing.returncode == 0:
        return True, f"{name}: {lines[-1].strip('= ')}"
    return False, f"{name}: failed after {time.monotonic() - began:.0f} s\n" + "\n".join(lines[-80:])


def pythons() -> list[Path]:
    """One of each minor version in range that is not the one running, on the PATH or from pyenv."""
    low, high = machine.OLDEST, machine.NEWEST
    found: dict[tuple[int, ...], Path] = {}
    for minor in range(low[1], high[1] + 1):
        on_path = shutil.which(f"python3.{minor}")
        of_pyenv = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3"))
        for path in [*([Path(on_path)] if on_path else []), *of_pyenv]:
            if _works(path) and _version(path)[:2] == (3, minor):
                found.setdefault((3, minor), path)
    found.pop(tuple(sys.version_info[:2]), None)
    return [found[version] for version in sorted(found)]


def _works(python: Path) -> bool:
    return subprocess.run([python, "-c", "import ensurepip"], check=False, capture_output=True).returncode == 0


def _version(python: Path) -> tuple[int, ...]:
    asked = [python, "-c", "import sys; print(*sys.version_info[:3])"]
    return tuple(map(int, subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()))


def main() -> int:
    """Run everything two at a time, tell each result as it comes; 1 when one failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.matrix")
    parser.add_argument("--brief", action="store_true", help="only what fits into every check of a change")
    brief = parser.parse_args().brief
    servers = {major: path for major, path in binaries().items() if database.OLDEST <= major < EVERYDAY}
    runs: list[Callable[[], Told]] = [lambda m=m, p=p: against(m, p) for m, p in sorted(servers.items())]
    others = pythons()
    chosen = BRIEF_PYTHON_TESTS if brief else PYTHON_TESTS
    runs += [lambda p=p: using(p, chosen) for p in others]
    if database.OLDEST not in servers:
        print(
            f"PostgreSQL {database.OLDEST}: skipped, not on this machine (apt-get install postgresql-{database.OLDEST})"
        )
    if not others:
        print(f"Python: skipped, none but {sys.version.split()[0]} on this machine")
    good = True
    with ThreadPoolExecutor(2) as pool:
        for ok, told in pool.map(lambda run: run(), runs):
            print(told, flush=True)
            good = good and ok
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
