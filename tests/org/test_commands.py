"""`sipingtai check` and `sipingtai init` as somebody at a terminal meets them."""

import io
import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from sipingtai.org import models

from .test_mistakes import change


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_check_tells_document_supplement_and_gaps_apart() -> None:
    code, out, _ = run("check", "331125201")
    assert code == 0
    stated, added = out.index("文件载明"), out.index("本系统补充")
    assert stated < out.index("专项：3 项") < added < out.index("网格单元：9 项") < out.index("缺口：无")


def test_check_allows_gaps_in_trial_but_not_mistakes(pack_file: Path, supplement: Path) -> None:
    supplement.unlink()
    code, out, _ = run("check", str(pack_file))
    assert code == 0
    assert "指挥室的“信息汇总岗”无人担任" in out
    change(pack_file, "    牵头: 综治办", "    前头: 综治办")
    code, _, err = run("check", str(pack_file))
    assert code == 1
    assert "改法：是否应为“牵头”" in err


def test_check_refuses_a_live_pack_with_a_gap(pack_file: Path, supplement: Path) -> None:
    change(supplement, "  下午: 14:00-17:30", "")
    change(supplement, "作息:\n  上午: 08:30-12:00\n", "")
    code, _, err = run("check", str(pack_file))
    assert code == 1
    assert "作息" in err


def test_check_without_packs_goes_through_all_that_are_delivered() -> None:
    code, out, err = run("check")
    assert (code, err) == (0, "")
    assert out.count("文件载明") == out.count("本系统补充") == out.count("缺口：无") == 10
    assert out.endswith("检查通过，共 10 个包。\n")


def test_check_with_djangos_options_is_djangos() -> None:
    assert "缺口" not in run("check", "--tag", "models")[1]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_init_shows_asks_writes_once(transactional_db: None) -> None:
    assert "预览" in run("init", "331125201", "--dry-run")[1]
    assert not models.Area.objects.exists()
    with pytest.raises(CommandError, match="--yes"):  # nobody is at the terminal
        call_command("init", "331125201", stdout=io.StringIO())
    assert not models.Area.objects.exists()
    out = run("init", "331125201", "--yes")[1]
    assert "新增 条线 10 项" in out
    passwords = Path(settings.SIPINGTAI_HOME) / "initial-passwords.csv"
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    assert "331125201-dispatcher," in passwords.read_text(encoding="utf-8")
    assert run("init", "331125201", "--yes")[1] == "没有变化。\n"


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_init_of_a_broken_pack_says_where_and_writes_nothing(transactional_db: None, pack_file: Path) -> None:
    line = change(pack_file, "    牵头: 综治办", "    牵头: 综合办")
    code, _, err = run("init", str(pack_file), "--yes")
    assert code == 1
    assert f"第{line}行" in err
    assert "什么都没有改" in err
    assert not models.Area.objects.exists()
