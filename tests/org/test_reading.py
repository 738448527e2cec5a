"""What is refused before a pack's content is even looked at: each with its line and a remedy."""

from pathlib import Path

import pytest

from sipingtai.org.packs.findings import PackError
from sipingtai.org.packs.reading import LARGEST_FILE, Text, parse, read

BOMB = "甲: &a [x, x]\n乙: &b [*a, *a]\n丙: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "空"),
        ("# 只有注释\n", 1, "空"),
        ("- 甲\n", 1, "最外层"),
        ("甲: 1\n乙:\n\t丙: 1\n", 3, "制表符"),
        ("甲: 1\n乙: 2\n甲: 3\n", 3, "写了两次"),
        (BOMB, 1, "锚点"),
        ("甲: *b\n", 1, "锚点"),
        ("甲: !!python/object/apply:os.system [ls]\n", 1, "类型标记"),
        ("甲: 1\n---\n乙: 2\n", 2, "两份文档"),
        ("甲: [1, 2\n", 2, "YAML"),
        ("甲: '没关\n", 2, "YAML"),
        ("甲: " + "[" * 5000, 1, "嵌套"),
        ("甲: \x07\n", 1, "不能使用的字符"),
        ("? [甲]\n: 乙\n", 1, "键"),
    ],
)
def test_dangerous_or_broken_yaml_is_refused_with_its_line(text: str, line: int, word: str) -> None:
    with pytest.raises(PackError) as refused:
        parse(text, "包.yaml")
    finding = refused.value.findings[0]
    assert finding.place.line == line
    assert word in finding.wrong
    assert finding.remedy


def test_a_scalar_stays_as_it_was_written() -> None:
    tree = parse("代码: 033\n日: 2017-09-28\n否: no\n空:\n", "包.yaml")
    assert [node.value for node in tree.entries.values() if isinstance(node, Text)] == ["033", "2017-09-28", "no", ""]


def test_a_file_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "包.yaml"
    path.write_bytes(b"a: 1\n" + "名称: 雾溪".encode("gb18030"))
    with pytest.raises(PackError, match="第2行：不是 UTF-8"):
        read(path)


def test_a_huge_or_missing_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "包.yaml"
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    with pytest.raises(PackError, match="超过 1 MB"):
        read(path)
    with pytest.raises(PackError, match="读不到"):
        read(tmp_path / "没有.yaml")
    with pytest.raises(PackError, match="读不到"):
        read(tmp_path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "包.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + "甲: 1\n".encode())
    assert list(read(path).entries) == ["甲"]
