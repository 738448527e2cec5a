"""The proxies of deploy/ before the running system: what they pass on is believed, what a visitor claims is not."""

import datetime as dt
import http.client
import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from attrs import frozen

from sipingtai.ops.postgres import server
from sipingtai.ops.tls import local_certificate
from tests.ops.test_deploy import DEPLOY
from tests.ops.test_serve import answer, free_port, home, serve

__all__ = ["home"]  # a fixture is found by its name here

CLAIMED = "203.0.113.9"


@frozen
class Front:
    """A running proxy: its ports, and the home of the system behind it."""

    https: int
    http: int
    home: Path
    folder: Path  # its own, with whatever it logs

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # this machine's own authority
        connection = http.client.HTTPSConnection("127.0.0.1", self.https, context=context, timeout=30)
        given = {"Host": f"localhost:{self.https}", "X-Forwarded-For": CLAIMED, "X-Forwarded-Proto": "http", **headers}
        connection.request(method, path, body.encode(), given)
        return connection.getresponse()

    def last_failed_sign_in(self) -> str:
        with psycopg.connect(server.superuser_dsn(self.home)) as everything:
            asked = "SELECT network FROM access_auditentry WHERE event = 'sign-in-failed' ORDER BY at DESC LIMIT 1"
            row = everything.execute(asked).fetchone()
            return str(row[0]) if row else ""


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")  # where Debian puts it, and many look not


def nginx(folder: Path, ports: dict[str, int], certificate: Path, key: Path) -> list[str]:
    """The server of deploy/ within the least that nginx needs around it, on free ports."""
    site = (DEPLOY / "proxy" / "nginx.conf").read_text("utf-8")
    site = re.sub(r"^\s*listen \[::\].*\n", "", site, flags=re.M)
    site = site.replace("listen 80;", f"listen 127.0.0.1:{ports['http']};")
    site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{ports['https']} ssl;")
    site = site.replace("/etc/nginx/tls/sipingtai.pem", str(certificate))
    site = site.replace("/etc/nginx/tls/sipingtai.key", str(key))
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{ports['behind']}").replace("sipingtai.example", "localhost")
    site = site.replace("/var/log/nginx/", f"{folder}/")
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kept = "".join(f"{name}_temp_path {folder / name};\n" for name in temporary)
    whole = folder / "nginx.conf"
    outside = f"daemon off; pid {folder / 'pid'}; error_log stderr; events {{}}\n"
    whole.write_text(f"{outside}http {{ access_log {folder / 'access.log'};\n{kept}{site}}}\n", "utf-8")
    return [str(_program("nginx")), "-e", "stderr", "-p", str(folder), "-c", str(whole)]


def caddy(folder: Path, ports: dict[str, int], certificate: Path, key: Path) -> list[str]:
    """The site of deploy/ on free ports, without Caddy's own administration."""
    site = (DEPLOY / "proxy" / "Caddyfile").read_text("utf-8")
    site = site.replace("/etc/caddy/sipingtai.pem", str(certificate)).replace("/etc/caddy/sipingtai.key", str(key))
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{ports['behind']}").replace("sipingtai.example", "localhost")
    first = f"{{\n admin off\n http_port {ports['http']}\n https_port {ports['https']}\n}}\n"
    (folder / "Caddyfile").write_text(first + site, "utf-8")
    return [str(_program("caddy")), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def front(request: pytest.FixtureRequest, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    command: Callable[..., list[str]] = request.param
    if _program(command.__name__) is None:
        pytest.skip(f"no {command.__name__} on this machine: apt-get install nginx-light caddy")
    folder = tmp_path_factory.mktemp(command.__name__)
    ports = {"behind": free_port(), "http": free_port(), "https": free_port()}
    certificate, key, _ = local_certificate(folder, ["localhost", "127.0.0.1"], dt.datetime.now(dt.UTC))
    behind = serve(home, "--port", str(ports["behind"]), "--trusted-proxy", "127.0.0.1")
    with (folder / "log").open("wb") as log:
        proxy = subprocess.Popen(command(folder, ports, certificate, key), stdout=log, stderr=log)
    try:
        answer(f"http://127.0.0.1:{ports['behind']}/healthz")
        unchecked = ssl._create_unverified_context()
        answer(f"https://localhost:{ports['https']}/healthz", unchecked)
        yield Front(ports["https"], ports["http"], home, folder)
    finally:
        for process in (proxy, behind):
            process.terminate()
            process.wait(timeout=30)


def test_the_page_comes_over_https_and_says_to_stay_there(front: Front) -> None:
    page = front.ask("GET", "/sign-in/")
    assert page.status == 200
    assert "max-age" in str(page.headers["Strict-Transport-Security"])
    cookies = page.headers.get_all("Set-Cookie")
    assert cookies
    assert all("secure" in cookie.lower() for cookie in cookies)


def test_plain_http_is_led_to_https(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.http, timeout=30)
    connection.request("GET", "/p/", headers={"Host": "localhost"})
    led = connection.getresponse()
    assert led.status in {301, 308}
    assert str(led.headers["Location"]).startswith("https://localhost")


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X_Forwarded_For", "x_FORWARDED-for"])
def test_the_address_a_visitor_claims_is_not_the_one_that_is_recorded(front: Front, name: str) -> None:
    page = front.ask("GET", "/sign-in/")
    cookie = "; ".join(line.split(";")[0] for line in page.headers.get_all("Set-Cookie") or [])
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert token
    form = urlencode({"csrfmiddlewaretoken": token[1], "login": "nobody", "password": "wrong"})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    headers["Referer"] = f"https://localhost:{front.https}/sign-in/"
    # The server takes the last of two that it spells alike; what it takes out before leaves its gap to the very last.
    headers |= dict.fromkeys(("Zx", "Zy", "Zz"), "0")
    refused = front.ask("POST", "/sign-in/", form, **headers, **{name: CLAIMED})
    assert refused.status == 200
    assert front.last_failed_sign_in() == "127.0.0.0/24"


def test_words_searched_for_are_in_no_log_of_the_proxy(front: Front) -> None:
    front.ask("GET", "/cases?q=zhangsan13800000000", Referer=f"https://localhost:{front.https}/cases?q=zhangsan")
    for log in front.folder.rglob("*"):
        assert log.is_dir() or b"zhangsan" not in log.read_bytes(), log


def test_figures_are_shown_to_nobody_without_their_token(front: Front) -> None:
    assert front.ask("GET", "/metrics").status == 404
