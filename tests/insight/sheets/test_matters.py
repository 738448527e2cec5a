"""A row becomes a matter, or goes back with a reason; nothing is dropped in silence."""

import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sipingtai.insight.sheets import Rejected, matter_key, read, write_rejects

from .tables import HEADING, as_csv, as_workbook, matters, reasons, taken

ROW = ("A1", "路灯不亮", "2024-05-01 08:00", "北街路灯三天不亮")


def test_a_full_row_is_a_matter() -> None:
    (found,) = matters(
        as_csv(
            ("工单号", "姓名", "手机号码", "反映时间", "地址", "类别", "诉求内容", "办理结果", "答复时间"),
            (
                "Ｇ-７",
                "某甲",
                "１３８ 0000 0000",
                "2024-05-01",
                "北街\n1号",
                "市政",
                "路灯不亮",
                "已修好",
                "2024-05-03",
            ),
        )
    )
    assert (found.external_id, found.reporter_name, found.phone) == ("G-7", "某甲", "138 0000 0000")
    assert (found.address, found.category_hint, found.reply) == ("北街 1号", "市政", "已修好")
    assert found.replied_at is not None
    assert found.replied_at.isoformat() == "2024-05-03T00:00:00+08:00"


def test_a_row_without_a_time_is_a_matter_without_one() -> None:
    (found,) = matters(as_csv(HEADING, ("A1", "题", "", "文字")))
    assert found.reported_at is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("A1", "题", "2024-05-01", " \n"), "内容为空"),
        (("A1", "题", "2024-05-01", "长" * 10_001), "内容有 10001 字，超过 10000 字"),
        (("A1", "题" * 301, "2024-05-01", "文"), "主题有 301 字"),
        (("A1", "题", "2024-02-30", "文"), "留言时间“2024-02-30”不是存在的日期"),
        (("2.02303E+13", "题", "2024-05-01", "文"), "设为文本格式"),
        (("A1", "题", "2024-05-01", "文字", "逗号后面"), "列数比表头多"),
        (HEADING, "重复的表头行"),
    ],
)
def test_an_unfit_row_is_rejected_with_its_reason(row: tuple[str, ...], said: str) -> None:
    ((number, reason),) = reasons(as_csv(HEADING, row))
    assert number == 2
    assert said in reason


def test_a_number_that_a_spreadsheet_has_rounded_is_no_identity() -> None:
    assert "设为文本格式" in reasons(as_workbook(HEADING, (202303150000123456, *ROW[1:])))[0][1]


def test_ten_thousand_characters_are_taken() -> None:
    assert len(matters(as_csv(HEADING, (*ROW[:3], "长" * 10_000)))[0].text) == 10_000


def test_the_second_row_with_a_number_names_the_first() -> None:
    assert reasons(as_csv(HEADING, ROW, ("A2", *ROW[1:]), ("A1", "别的", "2024-05-02", "别的"))) == [
        (4, "与第2行编号重复")
    ]


def test_a_rejected_row_does_not_use_up_its_number() -> None:
    assert reasons(as_csv(HEADING, ("A1", "题", "2024-05-01", ""), ROW)) == [(2, "内容为空")]


def test_without_numbers_the_same_time_and_text_is_the_same_matter() -> None:
    row, other = ("2024-05-01", "文字"), ("2024-05-02", "文字")
    assert reasons(as_csv(("时间", "内容"), row, other, row)) == [(4, "与第2行时间和内容重复")]


def test_the_key_of_a_matter_survives_a_new_export() -> None:
    (first,) = matters(as_csv(HEADING, ROW))
    (again,) = matters(as_workbook(HEADING, (), ("A1", "改了题", "2024/5/1 8:00", "改了字")))
    assert matter_key(first) == matter_key(again)
    assert matter_key(first) != matter_key(replace(first, external_id="A2"))
    nameless = replace(first, external_id="")
    assert matter_key(nameless) == matter_key(replace(nameless, title="改了题", row_number=9))
    assert matter_key(nameless) != matter_key(replace(nameless, text="改了字"))
    assert matter_key(nameless) != matter_key(replace(nameless, reported_at=None))


def test_rejected_rows_are_written_for_excel_and_run_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "未导入.csv"
    cells = ("=1+1", "+8613800000000", "-甲", "@乙", "＝1", " =1", "\t=1", "平常", None, -5)
    assert write_rejects(path, ("=列",), [Rejected(7, "内容为空", cells)]) == 1
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, row = csv.reader(file)
    assert heading == ["行号", "未导入原因", "'=列"]
    assert row[:2] == ["7", "内容为空"]
    assert row[2:] == ["'=1+1", "'+8613800000000", "'-甲", "'@乙", "'＝1", "' =1", "'\t=1", "平常", "", "-5"]


def test_a_corrected_list_of_rejected_rows_can_be_imported_as_it_is(tmp_path: Path) -> None:
    sheet = read(as_csv(HEADING, ("A1", "-题", "2024-02-30", "+路灯不亮")))
    path = tmp_path / "未导入.csv"
    write_rejects(path, sheet.columns, [row for row in taken(sheet) if isinstance(row, Rejected)])
    path.write_text(path.read_text("utf-8").replace("2024-02-30", "2024-02-29"), "utf-8")
    (found,) = matters(path.read_bytes())
    assert (found.title, found.text) == ("-题", "+路灯不亮")


def test_a_list_that_cannot_be_finished_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Iterator[Rejected]:
        yield Rejected(2, "内容为空", ())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_rejects(tmp_path / "未导入.csv", (), broken())
    assert os.listdir(tmp_path) == []
