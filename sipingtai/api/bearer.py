"""Who asks: a token in the Authorization header, and nothing else. Session cookies open no door here."""

import hashlib
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from sipingtai.access import tokens
from sipingtai.api import throttle
from sipingtai.api.problems import UNAUTHORISED, Problem
from sipingtai.core.calendar import local
from sipingtai.org.asking import Program, asked_by_token

JSON_BYTES = 1024 * 1024  # the largest JSON body
FILE_BYTES = 21 * 1024 * 1024  # the largest upload: one file and its wrapping


class Bearer(HttpBearer):
    """A token that has at least one of the scopes. The checks that cost nothing come first."""

    def __init__(self, *scopes: str, longest: int = JSON_BYTES) -> None:
        super().__init__()
        self.scopes = frozenset(scopes)
        self.longest = longest

    def __call__(self, request: HttpRequest) -> Any:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            # The server could not tell how much it is to read, and would read nothing.
            raise Problem(411, "length_required", "请求须带 Content-Length，不支持分块传输。")
        if _length(request) > self.longest:
            raise Problem(413, "too_large", f"请求内容不能超过 {self.longest // 1024} KB。")
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Program:
        """Whose token it is. Raises Problem: 401, 403, 429."""
        raw = token.strip()
        found = asked_by_token(raw, local(timezone.now()), request.META.get("REMOTE_ADDR", ""))
        if found is None:
            raise Problem(401, "unauthorised", UNAUTHORISED, headers={"WWW-Authenticate": "Bearer"})
        if not self.scopes & found.scopes:
            needed = "、".join(f"{scope}（{tokens.SCOPES[scope]}）" for scope in sorted(self.scopes))
            raise Problem(403, "scope", f"这个令牌的权限范围不够，需要：{needed}。")
        if wait := throttle.take(hashlib.sha256(raw.encode()).hexdigest()[:20]):
            raise Problem(429, "too_many", f"请求过于频繁，请 {wait} 秒后再试。", headers={"Retry-After": str(wait)})
        return found


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
