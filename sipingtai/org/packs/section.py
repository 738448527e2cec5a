"""A cursor over one mapping of a pack: takes values out by key and type, and notes every mistake on the way.

Nothing is raised here. A value that cannot be read is noted and comes back as None or empty, so that the reader goes
on and names all mistakes in one run.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from attrs import field, frozen

from .findings import Findings, Place, suggestion
from .reading import Listing, Node, Text
from .reading import Mapping as Tree

T = TypeVar("T")
LONGEST = 80  # characters: what the tables take


@frozen
class Ref:
    """A word written in the pack, often the name of something defined elsewhere in it."""

    name: str
    place: Place


@frozen
class Section:
    """One mapping; `title` names it in messages, e.g. 平台“综治工作平台”."""

    tree: Tree
    title: str
    findings: Findings
    asked: set[str] = field(factory=set)

    @property
    def place(self) -> Place:
        """Where the mapping begins."""
        return self.tree.place

    def place_of(self, key: str) -> Place:
        """Where the key stands, or the mapping's beginning."""
        return self.tree.keys.get(key, self.tree.place)

    def has(self, key: str) -> bool:
        """Whether the key is written, with something behind it."""
        node = self.tree.entries.get(key)
        return node is not None and not (isinstance(node, Text) and node.empty)

    def word(self, key: str, *, required: bool = False, longest: int = LONGEST) -> Ref | None:
        """One word or phrase of at most `longest` characters."""
        node = self._take(key, required=required)
        if node is None:
            return None
        if not isinstance(node, Text):
            self._mistyped(key, "一个词或一句话")
            return None
        return self._measured(key, node, longest)

    def name(self) -> str:
        """The section's own 名称; "" where it is missing, which is noted."""
        found = self.word("名称", required=True, longest=50)
        return found.name if found else ""

    def words(self, key: str, *, required: bool = False, longest: int = LONGEST) -> tuple[Ref, ...]:
        """One word, or a list of them; noted when one appears twice."""
        node = self._take(key, required=required)
        if node is None:
            return ()
        if isinstance(node, Text):
            return (self._measured(key, node, longest),)
        if not isinstance(node, Listing):
            self._mistyped(key, "一个词，或方括号里的几个词")
            return ()
        found: list[Ref] = []
        for item in node.items:
            if not isinstance(item, Text) or item.empty:
                self.findings.add(item.place, f"{self.title}的“{key}”里有一项不是词", "每项只写一个词，含冒号的加引号")
            elif any(item.value == other.name for other in found):
                self.findings.add(item.place, f"{self.title}的“{key}”里“{item.value}”写了两次", "删去一处")
            else:
                found.append(self._measured(key, item, longest))
        return tuple(found)

    def read(
        self,
        key: str,
        parse: Callable[[str], T],
        *,
        required: bool = False,
        pattern: str = "",  # noqa: ARG002
    ) -> T | None:
        """A word turned into a value; `parse` raises ValueError with a Chinese reason.

        `pattern` tells the JSON Schema what `parse` takes, where an expression can say so; nothing here reads it.
        """
        found = self.word(key, required=required)
        if found is None:
            return None
        try:
            return parse(found.name)
        except ValueError as error:
            # “甲错了。请写乙。” or “甲错了，请改。”: what is wrong, and what to do.
            wrong, *remedy = re.split("。|，请", str(error).rstrip("。"), maxsplit=1)
            self.findings.add(found.place, f"{self.title}的“{key}”：{wrong}", remedy[0] if remedy else "按要求改写")
            return None

    def number(self, key: str, *, low: int, high: int) -> int | None:
        """A whole number between `low` and `high`."""

        def parse(text: str) -> int:
            if not (text.isascii() and text.isdigit() and low <= int(text[:9]) <= high):
                raise ValueError(f"“{text}”不是 {low} 到 {high} 之间的整数。只写数字，单位见格式说明。")
            return int(text)

        return self.read(key, parse)

    def day(self, key: str) -> date | None:
        """A date such as 2017-09-28."""

        def parse(text: str) -> date:
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise ValueError(f"“{text}”不是日期。写成 2017-09-28 这样") from None

        return self.read(key, parse)

    def choice(self, key: str, choices: Mapping[str, T], *, required: bool = False) -> T | None:
        """One of the named values."""
        found = self.word(key, required=required)
        if found is None:
            return None
        if found.name not in choices:
            self.findings.add(
                found.place, f"{self.title}的“{key}”不能是“{found.name}”", suggestion(found.name, choices)
            )
            return None
        return choices[found.name]

    def choices(self, key: str, choices: Mapping[str, T]) -> tuple[T, ...]:
        """Any of the named values, in the order written."""
        found = []
        for ref in self.words(key):
            if ref.name in choices:
                found.append(choices[ref.name])
            else:
                self.findings.add(ref.place, f"“{key}”不能是“{ref.name}”", suggestion(ref.name, choices))
        return tuple(found)

    def section(self, key: str, *, required: bool = False) -> "Section | None":
        """A mapping under the key."""
        node = self._take(key, required=required)
        if node is None:
            return None
        if not isinstance(node, Tree):
            self._mistyped(key, "缩进的“键: 值”")
            return None
        return Section(node, f"“{key}”", self.findings)

    def sections(self, key: str) -> list["Section"]:
        """A list of mappings under the key; items of other kinds are noted and left out."""
        node = self._take(key)
        if node is None:
            return []
        if not isinstance(node, Listing):
            self._mistyped(key, "以“- ”开头的列表")
            return []
        found = []
        for index, item in enumerate(node.items, start=1):
            if isinstance(item, Tree):
                named = item.entries.get("名称")
                label = f"“{named.value}”" if isinstance(named, Text) and named.value else f"第{index}项"
                found.append(Section(item, f"{key}{label}", self.findings))
            else:
                self.findings.add(item.place, f"“{key}”第{index}项应为“键: 值”", "写成“- 名称: …”")
        return found

    def parts(self, key: str) -> list["Section"]:
        """A mapping under the key, or a list of them."""
        if isinstance(self.tree.entries.get(key), Tree):
            found = self.section(key)
            return [found] if found else []
        return self.sections(key)

    def node(self, key: str) -> Node | None:
        """The raw tree under the key, for what only one section understands (a boundary)."""
        return self._take(key)

    def clause(self) -> str:
        """The clauses (依据) the statement rests on, joined."""
        clauses = "、".join(ref.name for ref in self.words("依据"))
        if len(clauses) > LONGEST:
            self.findings.add(
                self.place_of("依据"), f"{self.title}的“依据”合计 {len(clauses)} 字", f"减到 {LONGEST} 字以内"
            )
        return clauses

    def finish(self) -> None:
        """Note every key nobody asked for."""
        for key, place in self.tree.keys.items():
            if key not in self.asked:
                remedy = suggestion(key, sorted(self.asked))
                if not self.has(key):  # {内容: 甲, 乙}: the comma has cut a sentence in two
                    remedy += "；若它是上一句的后半，给整句加引号，或改用全角逗号"
                self.findings.add(place, f"{self.title}不认得“{key}”", remedy)

    def _take(self, key: str, *, required: bool = False) -> Node | None:
        self.asked.add(key)
        if self.has(key):
            return self.tree.entries[key]
        if required:
            self.findings.add(self.place_of(key), f"{self.title}缺少“{key}”", f"补上“{key}: …”")
        return None

    def _measured(self, key: str, node: Text, longest: int) -> Ref:
        if len(node.value) > longest:
            wrong = f"{self.title}的“{key}”有 {len(node.value)} 字，最多 {longest} 字"
            self.findings.add(node.place, wrong, "写短一些，详情留在原文")
        return Ref(node.value, node.place)

    def _mistyped(self, key: str, wanted: str) -> None:
        self.findings.add(self.place_of(key), f"{self.title}的“{key}”写法不对", f"这里应为{wanted}")
