"""What every answer carries, and whose word about the visitor counts."""

from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from sipingtai.config.proxy import TrustedProxyMiddleware


def test_every_answer_carries_the_policy_errors_too(db: None, client: Client) -> None:
    for path, status in (("/healthz", 200), ("/no-such-page", 404)):
        answer = client.get(path)
        assert answer.status_code == status
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")


def seen(address: str, **headers: str) -> tuple[str, str, bool]:
    """The visitor's address and scheme after the middleware, and whether any forwarded header is left."""
    request = RequestFactory().get("/", REMOTE_ADDR=address, **headers)
    found: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        found.append(request)
        return HttpResponse()

    TrustedProxyMiddleware(view)(request)
    left = any("FORWARDED" in name for name in found[0].META)
    return found[0].META["REMOTE_ADDR"], str(found[0].scheme), left


SAID = {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 10.1.2.3", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "evil"}


def test_the_named_proxy_is_believed_about_its_own_entry_alone(settings) -> None:
    settings.TRUSTED_PROXY = "127.0.0.1"
    assert seen("127.0.0.1", **SAID) == ("10.1.2.3", "https", False)


def test_nobody_else_is_believed(settings) -> None:
    settings.TRUSTED_PROXY = "127.0.0.1"
    assert seen("10.9.9.9", **SAID) == ("10.9.9.9", "http", False)
    settings.TRUSTED_PROXY = ""
    assert seen("127.0.0.1", **SAID) == ("127.0.0.1", "http", False)
