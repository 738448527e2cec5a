"""A form field for free text as it is stored: see access.plain_text."""

from typing import Any

from django import forms

from sipingtai.access.plain_text import clean


class PlainText(forms.CharField):
    """Control characters go, length is counted afterwards, and a Chinese sentence says when it is too long."""

    def __init__(self, *, longest: int, **rest: Any) -> None:
        self.longest = longest
        super().__init__(**rest)
        self.widget.attrs["maxlength"] = str(longest)

    def to_python(self, value: Any) -> str:
        try:
            return clean(str(value or ""), self.longest, str(self.label))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
