"""Whatever an office exports is read, or refused with a sentence that says what to do."""

import codecs
import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from sipingtai.insight.sheets import SheetError, guess, read, workbook
from sipingtai.insight.sheets.cells import clean_text

from .tables import HEADING, as_csv, as_workbook, matters, reasons, saved

ROW = ("A1", "路灯不亮", "2024-05-01 08:00", "北街路灯三天不亮，夜里看不清路")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_and_separator_reads_the_same(encoding: str, separator: str) -> None:
    (found,) = matters(as_csv(HEADING, ROW, encoding=encoding, separator=separator))
    assert (found.external_id, found.title, found.text) == ("A1", "路灯不亮", "北街路灯三天不亮，夜里看不清路")


def test_quotes_separators_and_line_ends_inside_a_cell_stay_in_it() -> None:
    text = '他说"水太浑",\r\n第二天还是浑'
    (found,) = matters(as_csv(HEADING, (*ROW[:3], text)))
    assert found.text == '他说"水太浑",\n第二天还是浑'


def test_control_and_invisible_characters_are_removed() -> None:
    content = as_csv(HEADING, ("A1", "标\u202e题", "2024-05-01", "井\x00盖\x07松\u200b动\x1b了\u3000"))
    (found,) = matters(content)
    assert (found.title, found.text) == ("标题", "井盖松动了")


def test_a_line_naming_the_separator_for_excel_is_understood() -> None:
    (found,) = matters(b"sep=;\r\n" + as_csv(HEADING, ROW, separator=";"))
    assert found.external_id == "A1"


def test_a_file_cut_off_in_a_character_is_still_utf8() -> None:
    content = as_csv(HEADING, ROW, *((f"B{n}", "题", "2024-05-02", "河边堆了很多垃圾没有人清理") for n in range(20)))
    assert matters(content[:-5] + b"\r\n")[0].text == ROW[3]


def test_one_broken_byte_does_not_turn_utf8_into_another_encoding() -> None:
    content = as_csv(("编号", "内容"), *((f"A{n}", f"井盖松动{n}") for n in range(40)), ("B1", "路灯"))
    broken = content[:-3] + b"\xc0\r\n"
    assert broken.decode("gb18030")  # it would pass, as nonsense
    assert matters(broken)[0].text == "井盖松动0"


def test_unknown_bytes_are_refused() -> None:
    with pytest.raises(SheetError, match="编码"):
        read(bytes(range(128, 256)) * 50)


def test_a_quote_left_open_is_refused_before_any_row_is_taken() -> None:
    content = as_csv(HEADING, ROW) + 'A2,题,2024-05-02,"没有收尾\r\nA3,题,2024-05-03,吞掉的一行\r\n'.encode()
    with pytest.raises(SheetError, match="第 3 行起有一个引号没有配对"):
        read(content)


def test_a_huge_cell_is_a_rejected_row_not_a_failure() -> None:
    assert "超过 10000 字" in reasons(as_csv(HEADING, (*ROW[:3], "长" * 300_000)))[0][1]


@pytest.mark.parametrize("blanks", [" ", "\u3000 \t", "\n ", " \n"])
def test_a_cell_of_nothing_but_blanks_in_between_is_read_in_one_go(blanks: str) -> None:
    """Where time grew with the square of its length, one such cell held a whole server."""
    assert clean_text(f"第一段{blanks * 300_000}第二段").split() == ["第一段", "第二段"]


def test_blank_lines_become_one_whatever_blanks_they_hold() -> None:
    assert clean_text(" 一 \n \t\n\u3000\n二\n三  \n\n\n四 ") == "一\n\n二\n三\n\n四"


@pytest.mark.parametrize("bracket", ["(", "[", "【", "（"])
def test_a_heading_of_brackets_is_no_heading_and_read_in_one_go(bracket: str) -> None:
    with pytest.raises(SheetError):
        guess(read(f"{bracket * 300_000},x\n1,2\n".encode()).columns, [])


def test_a_title_above_the_heading_and_blank_rows_keep_the_row_numbers_of_the_spreadsheet() -> None:
    content = as_workbook(("某镇五月台账",), (), HEADING, (), ROW)
    assert read(content).columns == HEADING
    assert matters(content)[0].row_number == 5
    assert matters(as_csv(("某镇五月台账",), (), HEADING, (), ROW))[0].row_number == 5


def test_the_first_sheet_with_something_in_it_is_read() -> None:
    book = openpyxl.Workbook()
    second = book.create_sheet("数据")
    second.append(HEADING)
    second.append(ROW)
    assert matters(saved(book))[0].text == ROW[3]


def test_a_sheet_can_be_walked_again() -> None:
    for content in (as_csv(HEADING, ROW), as_workbook(HEADING, ROW)):
        sheet = read(content)
        assert list(sheet.rows()) == list(sheet.rows()) == sheet.sample()


def test_workbook_cells_keep_their_kind() -> None:
    (found,) = matters(
        as_workbook(HEADING, (188006, "题", datetime.fromisoformat("2019-08-01 09:30"), "甲_x000D_\n乙"))
    )
    assert (found.external_id, found.text) == ("188006", "甲\n乙")
    assert found.reported_at is not None
    assert found.reported_at.isoformat() == "2019-08-01T09:30:00+08:00"


def test_a_formula_is_never_evaluated() -> None:
    assert reasons(as_workbook(HEADING, (*ROW[:3], '=HYPERLINK("http://example.invalid","x")'))) == [(2, "内容为空")]


def test_a_bare_number_counts_from_1904_where_the_workbook_does() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADING)
    sheet.append(("A1", "题", 43524 - 1462, "文字"))
    (found,) = matters(saved(book))
    assert found.reported_at is not None
    assert found.reported_at.date().isoformat() == "2019-02-28"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)


def zipped(**parts: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("旧表.xls", OLE, "另存为 .xlsx"),
        ("台账.et", OLE, "WPS"),
        ("改名.xlsx", OLE, "旧版 Excel"),
        ("加密.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("改名.xls", as_workbook(HEADING, ROW), "扩展名改回 .xlsx"),
        ("改名.csv", as_workbook(HEADING, ROW), "扩展名改回 .xlsx"),
        ("改名.xlsx", as_csv(HEADING, ROW), "不是这种格式"),
        ("网页.xls", b"<html><table></table></html>", "网页"),
        ("网页.csv", codecs.BOM_UTF8 + b" <?xml version='1.0'?><Workbook/>", "XML"),
        ("文件.csv", b"%PDF-1.7", "PDF"),
        ("空.csv", b" \r\n", "空的"),
        ("空.xlsx", as_workbook(), "没有内容"),
        ("空.csv", b",,\r\n,,", "没有内容"),
        ("包.xlsx", zipped(readme="x"), "压缩包"),
        ("二进制.xlsx", zipped(**{"xl__workbook.bin": "x"}), "xlsb"),
        ("坏.xlsx", zipped(**{"xl__workbook.xml": "<x"}), "损坏"),
        ("坏.xlsx", as_workbook(HEADING, ROW)[:900], "损坏"),
    ],
)
def test_other_files_are_refused_with_what_to_do(name: str, content: bytes, said: str) -> None:
    with pytest.raises(SheetError, match=said):
        read(content, name=name)


def test_a_zip_bomb_is_refused_by_its_declared_size() -> None:
    bomb = zipped(**{"xl__workbook.xml": "x", "xl__worksheets__sheet1.xml": " " * (32 * 1024 * 1024)})
    assert len(bomb) < 100_000
    with pytest.raises(SheetError, match="解压后过大"):
        read(bomb)


def test_a_row_number_beyond_the_format_does_not_run_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MAX_ROWS", 1000)
    assert read(patched(b'<row r="2"', b'<row r="99999999999"')).sample() == []


def test_a_wrongly_declared_extent_loses_no_row() -> None:
    assert len(matters(patched(b'<dimension ref="A1:D2"', b'<dimension ref="A1:A1"'))) == 1


def test_entities_that_multiply_are_refused() -> None:
    levels = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 20) for n in range(1, 9))
    doctype = b'<!DOCTYPE x [<!ENTITY e0 "' + b"x" * 1000 + b'">' + levels + b"]><worksheet"
    content = patched(b"<worksheet", doctype, b"<sheetData>", b'<sheetData><row r="1"><c r="A1"><v>&e8;</v></c></row>')
    with pytest.raises(SheetError, match="损坏"):
        read(content)


def patched(*changes: bytes) -> bytes:
    """Return a workbook whose sheet has each odd one of `changes` replaced by the one after it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_workbook(HEADING, ROW))) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            if part.endswith("sheet1.xml"):
                for before, after in zip(changes[::2], changes[1::2], strict=True):
                    assert before in text
                    text = text.replace(before, after, 1)
            new.writestr(part, text)
    return target.getvalue()


def test_a_path_is_read_like_bytes(tmp_path: Path) -> None:
    path = tmp_path / "五月.csv"
    path.write_bytes(as_csv(HEADING, ROW))
    assert read(path).columns == HEADING
