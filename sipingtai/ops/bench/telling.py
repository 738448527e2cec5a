"""A result as a table for people (结果表), in Chinese."""

import unicodedata
from collections.abc import Iterator, Sequence

from sipingtai.ops.bench.machine import TOO_BUSY, Machine
from sipingtai.ops.bench.measuring import Result, plain

_HEAD = ("项目", "中位数", "最小–最大", "离散", "目标", "")


def lines(result: Result) -> Iterator[str]:
    """What `sipingtai bench` prints."""
    yield f"测速 {result.bench}"
    yield from _table(result.table or [_HEAD, *_rows(result)])
    for note in result.notes:
        yield f"· {note}"
    if result.targets:
        met = sum(target.met(result.figure(target.figure).median) for target in result.targets)
        yield f"目标 {len(result.targets)} 项，达到 {met} 项。"
    yield from _machine(result.machine)


def _rows(result: Result) -> Iterator[Sequence[str]]:
    targets = {target.figure: target for target in result.targets}
    for figure in result.figures:
        target = targets.get(figure.name)
        several = len(figure.values) > 1
        yield (
            figure.label,
            f"{plain(figure.median)} {figure.unit}".rstrip(),
            f"{plain(min(figure.values))}–{plain(max(figure.values))}" if several else "",
            f"{figure.spread:.0%}" if several else "",
            str(target) if target else "",
            ("达到" if target.met(figure.median) else "未达到") if target else "",
        )


def _machine(machine: Machine) -> Iterator[str]:
    yield (
        f"机器：{machine.cores} 核 {machine.processor}，内存 {machine.memory:g} GB，Linux {machine.kernel}，"
        f"PostgreSQL {machine.postgres}，Python {machine.python}，文件系统 {machine.file_system}，"
        f"开始前负载 {machine.load_before:g}"
    )
    if machine.file_system == "tmpfs":
        yield "注意：临时文件夹在内存里，写盘不花时间。请把 TMPDIR 指向磁盘上的文件夹再测。"
    if machine.calibrations:
        found = f"校准循环离散 {machine.spread:.0%}，至少得到 {machine.share:.0%} 个核"
        yield f"{TOO_BUSY}（{found}）。" if machine.busy else f"机器安静（{found}）。"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()


def _width(text: str) -> int:
    """Columns in a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
