"""What can go wrong at the door. The message is for a clerk: Chinese, what is wrong, what to do."""

from collections.abc import Mapping, Sequence

from sipingtai.core.moves import Refusal


class DoorError(Exception):
    """Something the asker can understand and act on. `code` is stable; programs may rely on it."""

    code = "error"

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code


class NotFound(DoorError):
    """没有这件事，或者您看不到它。 The two are not told apart: lookup is authorisation."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这件事，请核对编号；也可能它不在您的权限范围内。")


class Refused(DoorError):
    """The table does not permit the move."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message, refusal.code)


class Conflict(DoorError):
    """Somebody else moved the case first (I8). `since` tells what happened meanwhile."""

    code = "conflict"

    def __init__(self, since: Sequence[str] = ()) -> None:
        self.since = tuple(since)
        told = "；".join(self.since)
        super().__init__("这件事刚刚有了变化" + (f"（{told}）" if told else "") + "，请看过最新情况后再办。")


class Invalid(DoorError):
    """What was filled in does not do. `fields`: name → sentence."""

    code = "invalid"

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("；".join(self.fields.values()))
