"""Somebody at a browser, without the browser: real HTTP, cookies, forms with their hidden fields. Nothing is forged."""

import html
import re
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterable
from http.cookiejar import CookieJar
from urllib.error import HTTPError

from attrs import define, field

_INPUT = re.compile(r"<input\b[^>]*>")
_FORM = re.compile(r"<form\b.*?</form>", re.S)


@define
class Page:
    status: int
    url: str
    text: str

    def form(self, action: str) -> dict[str, str]:
        """The hidden fields of the form that posts to an address ending in `action`; "" for the page's own form."""
        for form in _FORM.findall(self.text):
            target = _attribute(form.split(">", 1)[0], "action")
            if target.rstrip("/").endswith(action.rstrip("/")) if action else not target:
                hidden = [i for i in _INPUT.findall(form) if _attribute(i, "type") == "hidden"]
                return {_attribute(i, "name"): _attribute(i, "value") for i in hidden}
        raise AssertionError(f"no form for {action!r} on {self.url}\n{self.words}")

    def choices(self, name: str) -> set[str]:
        """What a field lets one choose: the options of its list, or its buttons."""
        lists = re.findall(rf'<select\b[^>]*\bname="{name}".*?</select>', self.text, re.S)
        found = {_attribute(o, "value") for text in lists for o in re.findall(r"<option\b[^>]*>", text)}
        return found | {_attribute(i, "value") for i in _INPUT.findall(self.text) if _attribute(i, "name") == name}

    @property
    def words(self) -> str:
        """What a reader sees, roughly."""
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", self.text)))


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


@define
class Visitor:
    """One person at one browser."""

    base: str
    _opener: urllib.request.OpenerDirector = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Page:
        return self._ask(urllib.request.Request(self._address(path)))

    def post(self, path: str, fields: dict[str, str] | Iterable[tuple[str, str]], photo: bytes | None = None) -> Page:
        """Post as a multipart form, as the pages' own forms do."""
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields)
        edge = uuid.uuid4().hex
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in pairs]
        body = "".join(parts).encode()
        if photo is not None:
            head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="现场.jpg"\r\n'
            body += head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + photo + b"\r\n"
        body += f"--{edge}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "Referer": self._address(path)}
        return self._ask(urllib.request.Request(self._address(path), data=body, headers=headers))

    def sign_in(self, username: str, password: str) -> "Visitor":
        form = self.get("/sign-in/").form("")
        page = self.post("/sign-in/", form | {"login": username, "password": password})
        assert "/sign-in" not in page.url, page.words
        return self

    def move(self, number: str, action: str, *, photo: bytes | None = None, **fields: str | list[str]) -> Page:
        """Open the move's form on the case page and send it."""
        path = f"/cases/{number}/{action}"
        shown = self.get(path)
        assert shown.status == 200, (path, shown.status, shown.words)
        pairs = list(shown.form(path).items())
        for name, value in fields.items():
            pairs += [(name, v) for v in ([value] if isinstance(value, str) else value)]
        return self.post(path, pairs, photo)

    def offered(self, number: str) -> set[str]:
        """The moves the case page offers."""
        page = self.get(f"/cases/{number}")
        return set(re.findall(rf'(?:href|action)="/cases/{number}/([a-z_]+)', page.text)) - {"contact", "files"}

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else self.base + urllib.parse.quote(path, safe="/?=&")

    def _ask(self, request: urllib.request.Request) -> Page:
        assert urllib.parse.urlsplit(request.full_url).hostname in ("localhost", "127.0.0.1")
        try:
            with self._opener.open(request, timeout=30) as answer:
                return Page(answer.status, answer.url, answer.read().decode())
        except HTTPError as error:
            return Page(error.code, error.url or request.full_url, error.read().decode())
