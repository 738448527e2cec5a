"""Moments are read as people write them; what two people would read differently is not read at all."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipingtai.insight.sheets import CHINA, Cell
from sipingtai.insight.sheets.moments import MomentError, day, moment

NOW = datetime(2024, 6, 1, 12, tzinfo=CHINA)


def read(cell: Cell) -> str:
    found = moment(cell, name="留言时间", now=NOW)
    assert found is not None
    assert found.tzinfo is CHINA
    return f"{found:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2019/2/28 10:15:23", "2019-02-28 10:15:23"),
        ("2019-02-28", "2019-02-28 00:00:00"),
        ("2019-02-28T10:15:23.456", "2019-02-28 10:15:23"),
        ("2019-02-28T02:15:23Z", "2019-02-28 10:15:23"),
        ("2019-02-28 11:15:23+09:00", "2019-02-28 10:15:23"),
        ("2019年2月28日 下午3时15分", "2019-02-28 15:15:00"),
        ("2019年2月28日15时", "2019-02-28 15:00:00"),
        ("2019年2月28日 星期四 上午9点半", "2019-02-28 09:30:00"),
        ("2019年2月28日 下午3点15分08秒", "2019-02-28 15:15:08"),
        ("2019年2月28号晚上8点", "2019-02-28 20:00:00"),
        ("2019-2-28 下午 15:20", "2019-02-28 15:20:00"),
        ("2019-2-28 中午12:05", "2019-02-28 12:05:00"),
        ("2019-2-28 中午1点", "2019-02-28 13:00:00"),
        ("2019-2-28 3:05 PM", "2019-02-28 15:05:00"),
        ("2019-2-28 12:05 am", "2019-02-28 00:05:00"),
        ("20190228", "2019-02-28 00:00:00"),
        ("20190228101523", "2019-02-28 10:15:23"),
        ("201902281015", "2019-02-28 10:15:00"),
        ("20190228 10:15", "2019-02-28 10:15:00"),
        ("2019.2.28 10:15", "2019-02-28 10:15:00"),
        ("  2019/2/28   9:05 ", "2019-02-28 09:05:00"),
        ("２０１９／２／２８　１０：１５", "2019-02-28 10:15:00"),
        ("２０１９年２月２８日", "2019-02-28 00:00:00"),
        (datetime.fromisoformat("2019-02-28 10:15:23.000999"), "2019-02-28 10:15:23"),
        (43524, "2019-02-28 00:00:00"),
        (43524.427349537, "2019-02-28 10:15:23"),
        ("43524.5", "2019-02-28 12:00:00"),
        (20190228, "2019-02-28 00:00:00"),
        ("2024-06-02 11:00", "2024-06-02 11:00:00"),
    ],
)
def test_a_moment_is_read_as_written(written: Cell, meant: str) -> None:
    assert read(written) == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2019-02-30", "不是存在的日期"),
        ("2019-13-01", "不是存在的日期"),
        ("20190231", "不是存在的日期"),
        ("2019-02-28 25:00", "不是存在的日期"),
        ("2019-02-28 10:61", "不是存在的日期"),
        ("上午 2019", "看不懂"),
        ("2019-02-28 上午13时", "不是存在的日期"),
        ("2019-02-28 上午12时", "零点还是正午"),
        ("2019-02-28 晚上12点", "哪一天"),
        ("2019-02-28 晚上1点", "哪一天"),
        ("28/2/2019", "次序不明"),
        ("02/03/2019", "次序不明"),
        ("19-2-28", "次序不明"),
        ("3月5日", "次序不明"),
        ("昨天下午", "看不懂"),
        ("2019-02-28 10:15:23 之后", "看不懂"),
        (3, "早于 1990 年"),
        ("1989-12-31", "早于 1990 年"),
        ("0001-01-01", "早于 1990 年"),
        (True, "看不懂"),
        (-5.0, "不是存在的日期"),
        (1551320123, "不是存在的日期"),
        (float("nan"), "不是存在的日期"),
        ("2024-06-02 13:00", "在将来"),
        ("9999-12-31T23:00-08:00", "在将来"),
        (datetime.fromisoformat("2031-01-01"), "在将来"),
    ],
)
def test_what_is_no_moment_is_refused_with_the_reason(written: Cell, said: str) -> None:
    with pytest.raises(MomentError, match=said):
        moment(written, name="留言时间", now=NOW)


def test_a_blank_moment_is_unknown_not_wrong() -> None:
    assert moment(None, name="留言时间", now=NOW) is None
    assert moment(" \u3000", name="留言时间", now=NOW) is None


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.from_regex(r"\d{1,4}[-/.年]\d+[月.]\d+日? ?\d*")))
def test_nothing_written_makes_reading_fail_otherwise(written: Cell) -> None:
    try:
        found = moment(written, name="留言时间", now=NOW)
    except MomentError as error:
        assert "留言时间" in str(error)  # noqa: PT017 - both outcomes are right
    else:
        assert found is None or found.year >= 1990


@given(st.datetimes(datetime.fromisoformat("1992-01-01"), datetime.fromisoformat("2024-05-31")))
def test_every_way_of_writing_a_moment_means_the_same(at: datetime) -> None:
    at = at.replace(microsecond=0)
    ways = ("%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H时%M分%S秒", "%Y%m%d%H%M%S", "%Y.%m.%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
    assert {read(at.strftime(way)) for way in ways} | {read(at)} == {f"{at:%Y-%m-%d %H:%M:%S}"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2027-03-05", date(2027, 3, 5)), ("2027年3月5日 星期五", date(2027, 3, 5)), ("12月3日", date(2026, 12, 3)),
        ("1月2日（周六）", date(2027, 1, 2)), ("12/31", date(2026, 12, 31)), ("６月１日", date(2026, 6, 1)),
        (datetime(2027, 1, 9), date(2027, 1, 9)), ("", None), ("2月29日", date(2028, 2, 29)),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_a_day_may_lie_ahead_and_one_without_a_year_is_the_nearest(written: Cell, meant: date | None) -> None:
    today = date(2027, 11, 21) if written == "2月29日" else date(2026, 11, 21)
    assert day(written, name="日期", today=today) == meant


@pytest.mark.parametrize("written", ["2月30日", "13月1日", "下周一", "2027-02-30", "3日"])
def test_what_is_no_day_is_said(written: str) -> None:
    with pytest.raises(MomentError, match="日期"):
        day(written, name="日期", today=date(2026, 11, 21))
