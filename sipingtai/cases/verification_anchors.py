"""Whether the journal still has all that was ever anchored outside the database, and what is not anchored yet.

The file is read before the moment the database is looked at: whatever it names must be there. Of what the database
remembers of the file, only what it knew before the file was read must be in the file.
"""

import struct
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from attrs import Factory, define, field, frozen

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.keys import Key
from sipingtai.cases.anchor_file import AnchorFile
from sipingtai.cases.anchors import Record, Unreadable, follows, is_sealed, read
from sipingtai.cases.models import Anchor
from sipingtai.cases.verification_journal import Found, Keyring
from sipingtai.cases.verification_rows import Line, Span, StoredStep
from sipingtai.core.calendar import local

LATE = timedelta(minutes=15)
"""A step older than this is anchored where the worker runs: three times the anchoring's period."""

_HEAD = struct.Struct(">iI8s")  # steps, number of the record, link: a million heads have to fit in memory
_NEVER = datetime.max.replace(tzinfo=UTC)
_REMEDY = "请检查后台任务（sipingtai worker）是否在运行，或执行 sipingtai anchor"


@frozen
class _Line:
    """What is remembered of a record once its heads are noted."""

    no: int
    at: datetime
    upto: int
    seal: bytes

    @classmethod
    def of(cls, record: Record) -> "_Line":
        return cls(record.no, record.at, record.upto, bytes.fromhex(record.seal))


@define
class Window:
    """The steps that are not anchored (未保护的窗口)."""

    steps: int = 0
    since: datetime = _NEVER  # when the oldest of them was made

    def note(self, at: datetime) -> None:
        self.steps += 1
        self.since = min(self.since, at)

    def add(self, other: "Window") -> None:
        """What was noted elsewhere."""
        self.steps += other.steps
        self.since = min(self.since, other.since)


@define
class Anchors:
    """Everything ever anchored, to be held against the journal while it is read."""

    path: str
    known: int  # the newest record the database knew before the file was read
    lines: dict[int, _Line] = Factory(dict)
    heads: dict[int, bytes] = Factory(dict)  # by case: _HEAD after _HEAD
    first: int = 1  # the record from which on the anchors count
    wrong: list[str] = Factory(list)  # what the file itself has against it
    notices: list[str] = Factory(list)  # what is no fault and yet to be told
    window: Window = Factory(Window)  # what is not anchored, once every case has been checked
    _missing: list[tuple[int, int]] = field(factory=list)  # numbers from, to: a false one may be very great
    _sorted: list[int] = field(factory=list)  # the cases of `heads`

    @property
    def open_steps(self) -> int:
        """How many steps are not anchored, once every case has been checked."""
        return self.window.steps

    # 1. The file

    def take_in(self, lines: Iterable[bytes], keys: Keyring) -> None:
        """Read the file: each line by itself, and as the successor of the one before."""
        previous: Record | None = None
        for place, line in enumerate(lines, 1):
            try:
                record = read(line)
            except Unreadable:
                if line:
                    self.notices.append(f"锚定文件第 {place} 行残缺，已略过（写入时断电会留下这样的一行）")
                continue
            previous = self._take(record, previous, keys)

    def _take(self, record: Record, previous: Record | None, keys: Keyring) -> Record | None:
        name = f"第 {record.no} 号锚定（{_moment(record.at)}）"
        secret = keys.secret(record.key)
        if secret is None:
            self.wrong.append(f"缺少封存{name}的日志密钥 journal-{record.key:06d}，请从备份恢复")
            return previous
        if not is_sealed(record, Key(record.key, secret)):
            # Its place in the chain is taken at its word, so that one changed line is one fault; its heads are not.
            self.wrong.append(f"{name}被改动")
            if not follows(record, previous):
                return previous
            self.lines[record.no] = _Line.of(record)
            return record
        if previous is not None and record.no <= previous.no:
            self.wrong.append(f"{name}重复，或次序不对")
            return previous
        if record.anew:
            self._begin_anew(record)
        elif not follows(record, previous):
            low, high = (previous.no if previous else 0) + 1, record.no - 1
            if low <= high:
                self._missing.append((low, high))
            else:
                self.wrong.append(f"{name}与前一号接不上，锚定文件被替换过")
        self.lines[record.no] = _Line.of(record)
        for case, no, link in record.heads:
            self.heads[case] = self.heads.get(case, b"") + _HEAD.pack(no, record.no, bytes.fromhex(link))
        return record

    def _begin_anew(self, record: Record) -> None:
        # Only who has the key can say so, and it is told at every verification from then on.
        self.notices.append(f"{_moment(record.at)} 起重新锚定，此前的锚定不再作为依据。理由：{record.anew}")
        self.first = record.no
        self.wrong.clear()
        self._missing.clear()
        self.heads.clear()

    # 2. The file against the database

    def faults(self, remembered: Iterable[Line]) -> Iterator[str]:
        """What is wrong with the file, or between it and what the database remembers of it."""
        yield from self.wrong
        newest = max(self.lines, default=0)
        rows = {row[0]: _Line(*row) for row in remembered}
        for no, row in rows.items():
            if no < self.first:
                continue
            if no in self.lines:
                if row != self.lines[no]:
                    yield f"第 {no} 号锚定与数据库登记的不同，锚定文件或数据库被替换过"
            elif no <= self.known:
                self._missing.append((no, no))
        if self._missing:
            yield f"锚定文件 {self.path} 缺第 {_ranges(self._missing)} 号锚定，文件被删除、替换或缩短"
        # The newest line may be a moment older than its row: a crash between the two, or an anchoring under way.
        unknown = [(no, no) for no in self.lines if self.first <= no < newest and no not in rows]
        if unknown:
            yield f"数据库没有第 {_ranges(unknown)} 号锚定的登记，数据库可能被还原到了旧的状态"

    # 3. The journal against the file

    def check(self, case: int, steps: Sequence[StoredStep], window: Window) -> Found:
        """Every head ever anchored of this case is in its journal; what follows the last of them is not anchored, and
        is noted in `window`.
        """
        links = {step.no: step.link for step in steps}
        last, reached, gone, other = max(links, default=0), 0, (0, 0), (0, 0)
        for no, record, link in _HEAD.iter_unpack(self.heads.get(case, b"")):
            if no not in links:
                gone = max(gone, (no, record))
            elif not links[no].startswith(link):
                other = other if 0 < other[0] < no else (no, record)
            else:
                reached = max(reached, no)
        if gone[0]:
            before = f"{self._when(gone[1])}锚定时有 {gone[0]} 步"
            yield None, f"{before}，现在只到第 {last} 步，末尾被删除或被还原到旧的状态"
        if other[0]:
            yield other[0], f"与 {self._when(other[1])}锚定的不同，原来的步骤被删除后另行添加，或事件被替换"
        for step in steps:
            if step.no > reached:
                window.note(step.at)

    def gone(self, span: Span, there: Container[int]) -> Iterator[tuple[int, str]]:
        """The cases of a range of ids that were anchored and are not `there` any more."""
        if len(self._sorted) != len(self.heads):
            self._sorted = sorted(self.heads)
        for case in self._sorted[bisect_right(self._sorted, span.low) : bisect_right(self._sorted, span.high)]:
            if case not in there:
                no, record, _ = max(_HEAD.iter_unpack(self.heads[case]))
                yield case, f"整件事件已不存在：{self._when(record)}锚定时有 {no} 步"

    def late(self, now: datetime) -> Iterator[str]:
        """Whether steps have been waiting for their anchor for too long, once every case has been checked."""
        since = self.window.since
        if since > now - LATE:
            return
        if not self.lines:
            yield f"没有锚定文件 {self.path}，{self.window.steps} 步从未锚定。{_REMEDY}"
        else:
            yield f"自 {_moment(since)} 起的 {self.window.steps} 步超过 15 分钟没有有效的锚定。{_REMEDY}"

    # 4. What is to be told

    def told(self) -> list[str]:
        """What a report says beside the faults, in Chinese."""
        newest = self.lines[max(self.lines)] if self.lines else None
        said = list(self.notices)
        if newest is not None:
            last = f"第 {newest.no} 号（{_moment(newest.at)}），校验值 {newest.seal.hex()[:16]}"
            said.append(f"锚定 {len(self.lines)} 条，最近一条{last}。")
        if not self.window.steps:
            said.append("所有步骤都已锚定。")
        else:
            window = f"自 {_moment(self.window.since)} 起的 {self.window.steps} 步尚未锚定"
            said.append(f"{window}：这些步骤若被整件删除或截去末尾，核验看不出来。")
        return said

    def _when(self, record: int) -> str:
        return f"{_moment(self.lines[record].at)} "


def read_anchors(file: AnchorFile, keys: Keyring) -> Anchors:
    """What the file holds now. Raises AnchorTrouble when it cannot be read. Not inside a transaction's scope."""
    with system_scope("核验"):
        known = Anchor.objects.order_by("-no").values_list("no", flat=True).first()
    found = Anchors(path=str(file.path), known=known or 0)
    found.take_in(file.lines(), keys)
    return found


def _moment(at: datetime) -> str:
    return local(at).strftime("%Y-%m-%d %H:%M")


def _ranges(ranges: Iterable[tuple[int, int]]) -> str:
    """1–3、7"""
    found: list[list[int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1][1] = max(found[-1][1], high)
        else:
            found.append([low, high])
    return "、".join(str(low) if low == high else f"{low}–{high}" for low, high in found)
