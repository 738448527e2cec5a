"""Moments as people and spreadsheets write them, read into the time of China."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from .cells import Cell, clean_line, is_blank

CHINA = ZoneInfo("Asia/Shanghai")
EARLIEST_YEAR = 1990  # earlier ones are slips or the zero day of a spreadsheet

_DATE = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
_WEEKDAY = r"(?:\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_PERIOD = r"(?P<period>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜间|am|pm)?"
_CLOCK = (
    r"(?P<hour>\d{1,2})\s*(?::|时|点钟?)\s*"
    r"(?:(?P<half>半)|(?P<minute>\d{1,2})\s*(?:分|:(?=\s*\d)|$|(?=[\sapz+.\-]))\s*(?:(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?)?"
)
_AFTER = r"\s*(?P<after>am|pm)?\s*(?P<zone>z|[+-]\d{2}:?\d{2})?"
_WRITTEN = re.compile(rf"{_DATE}{_WEEKDAY}(?:[\st,]*{_PERIOD}\s*{_CLOCK}{_AFTER})?")
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:[\st]*(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?)?"
)
_YEAR_UNSURE = re.compile(r"\d{1,2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,4}|\d{1,2}\s*[-/月]\s*\d{1,2}\s*日?")
_MONTH_AND_DAY = re.compile(rf"(\d{{1,2}})\s*[月/]\s*(\d{{1,2}})\s*[日号]?{_WEEKDAY}")
_PLAIN_NUMBER = re.compile(r"\d{5}(?:\.\d+)?")

_MORNING = {"凌晨", "清晨", "早上", "早晨", "上午", "am"}
_NIGHT = {"晚上", "夜里", "夜间"}


class MomentError(ValueError):
    """A moment that cannot be taken; the message is a reason in Chinese."""


def moment(cell: Cell, *, name: str, now: datetime, dates_from_1904: bool = False) -> datetime | None:
    """Read a cell as a moment of Asia/Shanghai; None where it is blank.

    `name` is the column as the clerk knows it. A date without a time is that day's midnight. Raises MomentError for
    what is not a moment, does not exist, can be read in two ways, lies before 1990 or more than a day after `now`.
    """
    if is_blank(cell):
        return None
    found = _of_cell(cell, name, dates_from_1904)
    if found.year < EARLIEST_YEAR:
        raise MomentError(f"{name}“{clean_line(cell)}”早于 {EARLIEST_YEAR} 年，请核对")
    if found.year > now.year + 1:  # also keeps the last days of the calendar away from the zones' arithmetic
        raise MomentError(f"{name}“{clean_line(cell)}”在将来，请核对")
    found = found.replace(tzinfo=CHINA) if found.tzinfo is None else found.astimezone(CHINA)
    if found > now + timedelta(days=1):
        raise MomentError(f"{name}“{clean_line(cell)}”在将来，请核对")
    return found


def day(cell: Cell, *, name: str, today: date, dates_from_1904: bool = False) -> date | None:
    """Read a cell as a day, which may lie ahead; None where it is blank. Where no year is written (12月3日) it is the
    one that brings the day nearest to `today`. Raises MomentError.
    """
    if is_blank(cell):
        return None
    text = unicodedata.normalize("NFKC", clean_line(cell)).strip()
    if isinstance(cell, str) and (short := _MONTH_AND_DAY.fullmatch(text)):
        near = [found for year in (-1, 0, 1) if (found := _built(today.year + year, int(short[1]), int(short[2])))]
        if not near:
            raise MomentError(f"{name}“{clean_line(cell)[:40]}”不是存在的日期，请核对")
        return min(near, key=lambda found: abs(found - today))
    return _of_cell(cell, name, dates_from_1904).date()


def _built(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _of_cell(cell: Cell, name: str, dates_from_1904: bool) -> datetime:
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0)
    text = unicodedata.normalize("NFKC", clean_line(cell)).strip().lower()
    text = text.replace("〇", "0")
    try:
        if found := _COMPACT.fullmatch(text):
            return _build(found)
        if found := _WRITTEN.fullmatch(text):
            return _build(found)
        if (isinstance(cell, (int, float)) and not isinstance(cell, bool)) or _PLAIN_NUMBER.fullmatch(text):
            return _of_serial(float(text), dates_from_1904)
    except _AmbiguousHour as error:
        raise MomentError(f"{name}“{clean_line(cell)}”{error}") from None
    except (ValueError, OverflowError):
        raise MomentError(f"{name}“{clean_line(cell)[:40]}”不是存在的日期或时间，请核对") from None
    if _YEAR_UNSURE.match(text):
        raise MomentError(f"{name}“{clean_line(cell)[:40]}”年月日的次序不明，请写成“2019-02-28 10:15”的样子")
    raise MomentError(f"{name}“{clean_line(cell)[:40]}”看不懂，请写成“2019-02-28 10:15”的样子")


class _AmbiguousHour(Exception):
    pass


def _build(found: re.Match[str]) -> datetime:
    part = found.groupdict()
    hour = _hour(int(part.get("hour") or 0), part.get("period") or part.get("after"))
    minute = 30 if part.get("half") else int(part.get("minute") or 0)
    built = datetime(  # noqa: DTZ001 - the zone is added by the caller unless the text names one
        int(part["year"]), int(part["month"]), int(part["day"]), hour, minute, int(part.get("second") or 0)
    )
    zone = part.get("zone")
    if not zone:
        return built
    if zone == "z":
        return built.replace(tzinfo=UTC)
    return datetime.fromisoformat(f"{built.isoformat()}{zone[:3]}:{zone[-2:]}")


def _hour(hour: int, period: str | None) -> int:
    """Return the hour of the day; refuse those that two people would read differently."""
    if period is None:
        return hour
    if period in _MORNING:
        if hour == 12 and period != "am":
            raise _AmbiguousHour("中的12时分不清是零点还是正午，请写成24小时制")
        if hour > 12:
            raise ValueError(hour)
        return hour % 12
    if period == "中午":
        return hour + 12 if hour < 3 else hour
    if hour == 12 and period in _NIGHT:
        raise _AmbiguousHour("中的12时分不清是哪一天的零点，请写成24小时制")
    if 12 < hour < 24:
        return hour
    if hour == 12:
        return 12
    if period in _NIGHT and hour < 5:
        raise _AmbiguousHour("分不清是哪一天的凌晨，请写成24小时制")
    return hour + 12


def _of_serial(days: float, dates_from_1904: bool) -> datetime:
    """Read a spreadsheet's day count; whole seconds, because a day's fraction is never exact."""
    zero = datetime(1904, 1, 1) if dates_from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - no zone yet
    if not 1 <= days < 100_000:
        raise ValueError(days)
    return zero + timedelta(seconds=round(days * 86_400))
