"""Read a pack file into a tree whose every node knows its line.

Every scalar stays text: the schema decides what is a number or a date, so that YAML's own guesses (`no`, leading
zeros, 2017-09-28) can change nothing. Anchors, aliases and tags are refused: a pack needs none, and an alias bomb
is one line long. ruamel's events carry the marks, which its plain loaders drop.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from .findings import Finding, PackError, Place

LARGEST_FILE = 1_000_000  # bytes; the longest real pack has some 60 kB
DEEPEST = 12
MOST_PROBLEMS = 100  # told at once; a file with more of them is another file
# Control characters, halves of surrogate pairs and invisible marks: a quoted text can write them as escapes.
_UNUSABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@frozen
class Text:
    """A scalar, unconverted. `empty` is a key with nothing behind it."""

    value: str
    place: Place

    @property
    def empty(self) -> bool:
        """Whether nothing was written."""
        return self.value == ""


@frozen
class Listing:
    """A YAML sequence."""

    items: list["Node"]
    place: Place


@frozen
class Mapping:
    """A YAML mapping; `keys` holds where each key stands."""

    entries: dict[str, "Node"]
    keys: dict[str, Place]
    place: Place


Node = Text | Listing | Mapping


def read(path: Path) -> Mapping:
    """The file's tree. Raises PackError for whatever is not a plain YAML mapping in UTF-8."""
    return parse(_text(path), str(path))


def parse(text: str, file: str) -> Mapping:
    """The tree of `text`; `file` is only the name used in findings. Raises PackError."""
    if "\t" in text:
        line = text[: text.index("\t")].count("\n") + 1
        raise _refusal(file, line, "含有制表符（Tab）", "缩进一律用空格，每级两个")
    events = YAML(typ="safe", pure=True).parse(text)
    try:
        builder = _Builder(file, events)
        root = builder.document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise _refusal(file, line, "不符合 YAML 写法", "检查缩进、冒号后的空格与成对的引号") from error
    except (YAMLError, ValueError, OverflowError, RecursionError) as error:  # an escape beyond Unicode is a ValueError
        raise _refusal(file, 1, "含有不能使用的字符", "删去控制字符后重新保存") from error
    if root is None:
        raise _refusal(file, 1, "文件是空的", "参照 docs/pack-format.md 填写")
    if not isinstance(root, Mapping):
        raise _refusal(file, root.place.line, "最外层应为“键: 值”", "参照 docs/pack-format.md，从“格式: 1”写起")
    return root


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _refusal(str(path), 1, "文件超过 1 MB，不像乡镇包", "确认选对了文件")
        raw = path.read_bytes()
    except OSError as error:
        raise _refusal(str(path), 1, "读不到这个文件", "检查路径与读取权限") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refusal(str(path), line, "不是 UTF-8 编码", "用编辑器另存为 UTF-8") from error


def _refusal(file: str, line: int, wrong: str, remedy: str) -> PackError:
    return PackError([Finding(Place(file, line), wrong, remedy)])


@frozen
class _Builder:
    file: str
    events: Iterator[Event]
    problems: list[Finding] = field(factory=list)

    def document(self) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _refusal(self.file, self.place(event).line, "一个文件里有两份文档（---）", "拆成两个文件")
            elif isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent | AliasEvent):
                root = self.node(event, 0)
        if self.problems:
            raise PackError(self.problems)
        if isinstance(root, Text) and root.empty:
            return None
        return root

    def place(self, event: Event) -> Place:
        return Place(self.file, event.start_mark.line + 1)

    def node(self, event: Event, depth: int) -> Node:
        place = self.place(event)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _refusal(
                self.file, place.line, "用了锚点或引用（& 或 *）", "把内容原样写出来；以 * 或 & 开头的文字加引号"
            )
        if depth > DEEPEST:
            raise _refusal(self.file, place.line, "嵌套太深", "参照 docs/pack-format.md 的层次")
        if str(getattr(event, "tag", None) or "") not in {"", "!"}:
            raise _refusal(self.file, place.line, "用了类型标记（!）", "删去标记；以 ! 开头的文字加引号")
        if isinstance(event, ScalarEvent):
            if _UNUSABLE.search(event.value):
                raise _refusal(self.file, place.line, "含有不能使用的字符", "删去控制字符和 \\ 转义，照原文写出来")
            plain_null = event.style is None and event.value in {"~", "null"}
            return Text("" if plain_null else event.value.strip(), place)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(place, depth)
        return self.mapping(place, depth)

    def sequence(self, place: Place, depth: int) -> Listing:
        items: list[Node] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self.node(event, depth + 1))
        return Listing(items, place)

    def mapping(self, place: Place, depth: int) -> Mapping:
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, Text):
                raise _refusal(self.file, key.place.line, "键不是文字", "冒号左边只写一个词")
            if key.value in entries:
                if len(self.problems) >= MOST_PROBLEMS:
                    raise PackError(self.problems)
                first = keys[key.value].line
                self.problems.append(
                    Finding(key.place, f"“{key.value}”写了两次（第{first}行已有）", "合并成一处或删去一处")
                )
                continue
            entries[key.value] = value
            keys[key.value] = key.place
        return Mapping(entries, keys, place)
