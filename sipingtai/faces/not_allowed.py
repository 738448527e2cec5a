"""403: what one's post does not do, told in the sentence of whoever refused it where that was written for people."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class NotAllowed(PermissionDenied):
    """The message is shown: a Chinese sentence that says why and what to do. What libraries raise stays unsaid."""


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of PermissionDenied."""
    sentence = str(exception) if isinstance(exception, NotAllowed) else ""
    return render(request, "403.html", {"sentence": sentence}, status=403)
