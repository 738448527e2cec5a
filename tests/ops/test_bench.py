"""`sipingtai bench` on tiny sizes: its figures are sane, its peer writes the very rows, and nothing of it remains."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from attrs import evolve
from django.conf import settings

from sipingtai.config.database import is_embedded
from sipingtai.ops.bench.load import shares
from sipingtai.ops.bench.machine import TOO_BUSY, Calibration, Machine
from sipingtai.ops.bench.measuring import Figure, Result, Target
from sipingtai.ops.bench.peer import Sample, shape, writing, written_by
from sipingtai.ops.bench.telling import lines
from sipingtai.ops.bench.wire import _messages
from sipingtai.ops.postgres.server import superuser_dsn
from tests.api.conftest import program  # noqa: F401
from tests.conftest import owner_parameters

ROOT = Path(__file__).parents[2]
QUIET = (Calibration(0.20, 0.99), Calibration(0.21, 0.98))
DISTURBED = (*QUIET, Calibration(0.35, 0.60))


def bench(name: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A real run with its temporary folder under `folder`, called as by somebody whose own system lies in `own`."""
    folder.mkdir(exist_ok=True)
    environment = os.environ | {"SIPINGTAI_HOME": str(folder.parent / "own"), "TMPDIR": str(folder)}
    command = [sys.executable, "-m", "sipingtai", "bench", name, *options]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=240)


def measured(name: str, tmp_path: Path, *options: str) -> dict[str, Any]:
    done = bench(name, tmp_path / "tmp", "--json", "--runs", "1", "--clients", "2", "--workers", "1", *options)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "own").exists()  # the user's own system was not even looked at
    assert not [left for left in (tmp_path / "tmp").iterdir() if left.name.startswith("sipingtai-bench-")]
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["bench"] == name
    return found


def medians(found: dict[str, Any]) -> dict[str, float]:
    return {figure["name"]: figure["median"] for figure in found["figures"]}


def test_intakes_are_put_beside_a_bare_client(tmp_path: Path) -> None:
    found = measured("intake", tmp_path, "--size", "12")
    figures = medians(found)
    assert figures["ratio"] == pytest.approx(figures["intakes_per_second"] / figures["bare_per_second"])
    assert 0.01 < figures["ratio"] < 10
    assert 20 < figures["worker_memory"] < 500
    assert {target["figure"] for target in found["targets"]} == {"ratio", "intakes_per_second", "worker_memory"}
    assert found["machine"]["busy"] in (True, False)
    assert "cases_step 1" in "".join(found["notes"])


def test_a_life_is_put_beside_intakes_and_its_round_trips_are_counted(tmp_path: Path) -> None:
    found = measured("loop", tmp_path, "--size", "2")
    figures = medians(found)
    assert 1 < figures["life_in_intakes"] < 100
    assert figures["statements_move"] >= figures["round_trips_move"] >= 4
    assert figures["http_bytes_move"] > 500


def test_a_bench_nobody_knows_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    done = bench("nonsense", tmp_path / "tmp")
    assert done.returncode != 0
    assert "intake" in done.stderr
    assert not (tmp_path / "own").exists()
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.skipif(not is_embedded(), reason="reads the rows as the embedded server's superuser")
@pytest.mark.django_db(transaction=True)
def test_the_bare_client_writes_the_very_rows_of_an_intake(program: Any) -> None:  # noqa: F811
    answer = program("331125201-intake").report(
        point={"longitude": 119.56, "latitude": 28.12}, reporter={"name": "张三", "phone": "13800000000"}
    )
    with psycopg.connect(superuser_dsn(settings.SIPINGTAI_HOME), autocommit=True) as everything:
        ours = written_by(everything, answer.json()["number"])
        again = ours.case + 1_000
        assert writing(psycopg.conninfo.make_conninfo(**owner_parameters()))([(again, ours)]) == 1
        theirs = written_by(everything, f"{ours.number[:-6]}{again:06d}")
    assert {rows.table for rows in ours.tables} == {
        "access_contact", "cases_case", "cases_step", "cases_text", "cases_clock", "cases_word",
    }  # fmt: skip
    assert shape(theirs) == shape(ours)
    assert values(theirs) == values(ours)


def values(sample: Sample) -> dict[str, list[str]]:
    """What stands in the rows, apart from what must be unique."""
    own = {"id", "case_id", "number", "key", "contact"}
    return {
        rows.table: sorted(
            repr([v for column, v in zip(rows.columns, row, strict=True) if column.name not in own])
            for row in rows.values
        )
        for rows in sample.tables
    }


def machine(*calibrations: Calibration) -> Machine:
    return Machine(
        cores=2, memory=8.0, processor="-", python="3", postgres="18", kernel="6", file_system="ext4", load_before=0.1,
        calibrations=calibrations,
    )  # fmt: skip


def result(*calibrations: Calibration) -> Result:
    return Result(
        bench="intake",
        figures=(Figure(name="ratio", label="受理 ÷ 裸客户端", unit="", values=(0.5, 0.3, 0.6)),),
        targets=(Target("ratio", at_least=0.4),),
        machine=machine(*calibrations),
    )


def test_a_figure_is_judged_by_its_median_and_tells_its_spread() -> None:
    told = result(*QUIET).as_json()
    assert (told["figures"][0]["median"], told["figures"][0]["spread"]) == (0.5, pytest.approx(0.6))
    assert told["targets"] == [{"figure": "ratio", "at_least": 0.4, "at_most": None, "met": True}]
    assert any("0.500" in line and "0.300–0.600" in line and "达到" in line for line in lines(result(*QUIET)))


def test_a_bench_of_many_figures_tells_them_in_a_table_of_its_own_and_how_many_targets_are_met() -> None:
    told = list(lines(evolve(result(*QUIET), table=(("页面", "95%"), ("待办", "44.1")))))
    assert told[1:3] == ["页面  95%", "待办  44.1"]
    assert "目标 1 项，达到 1 项。" in told


def test_a_disturbed_machine_is_said_so_in_print_and_in_json() -> None:
    assert any(TOO_BUSY in line for line in lines(result(*DISTURBED)))
    assert result(*DISTURBED).as_json()["machine"]["word"] == TOO_BUSY
    assert not any(TOO_BUSY in line for line in lines(result(*QUIET)))


def test_the_work_is_dealt_out_whole() -> None:
    assert sorted(one for share in shares(range(10), 3) for one in share) == list(range(10))


def test_messages_are_counted_across_the_pieces_they_arrive_in() -> None:
    stream = b"C\x00\x00\x00\x0dSELECT 1\x00Z\x00\x00\x00\x05T"
    kinds, rest = _messages(stream[:9])
    assert (kinds, rest) == ([], stream[:9])
    assert _messages(rest + stream[9:]) == ([b"C", b"Z"], b"")
