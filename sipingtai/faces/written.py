"""What somebody wrote into a form that came to nothing: shown once more, so that it can be copied."""

from typing import Any

from django.http import HttpRequest

_CHINESE = range(0x4E00, 0xA000)  # what people write holds such a character; keys, codes and dates do not


def kept(request: HttpRequest) -> dict[str, Any]:
    """What a page of trouble shows of the form that came to nothing; empty where another site may have sent it."""
    own = request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "same-origin"
    return {"written": written_in(request) if own else [], "had_files": own and bool(request.FILES)}


def written_in(request: HttpRequest) -> list[str]:
    """The words of a form, without its keys, codes and choices."""
    values: list[Any] = [value for name in request.POST for value in request.POST.getlist(name)]
    return [value for value in values if any(ord(letter) in _CHINESE for letter in value)]
