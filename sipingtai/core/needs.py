"""What a move must bring along (需填): the fields a form asks for, and the refusal when one is missing."""

from enum import StrEnum

from sipingtai.core.moves import Attempt


class Need(StrEnum):
    """What a move has to bring along, and how its absence is told."""

    REASON = "reason"
    TEXT = "text"
    TO = "to"
    ASSISTS = "assists"
    PERSON = "person"
    DAYS = "days"
    UNTIL = "until"
    CLAUSE = "clause"
    COLOUR = "colour"
    OTHER = "other"
    SYSTEM = "system"

    @property
    def missing(self) -> str:
        """The sentence for a clerk who left it empty."""
        return {
            "reason": "请写明理由。",
            "text": "请填写内容。",
            "to": "请选择单位。",
            "assists": "请选择协办单位。",
            "person": "请选择经办人。",
            "days": "请填写天数。",
            "until": "请填写截止时间。",
            "clause": "退单要写明职责清单的依据条款，请补充。",
            "colour": "请选择督办牌。",
            "other": "请选择另一件事。",
            "system": "请选择外部系统。",
        }[self.value]

    def given(self, a: Attempt) -> bool:
        value = getattr(a.move, self.value)
        return bool(value.strip()) if isinstance(value, str) else bool(value)
