"""Make the pictures of README and docs from a fresh demo: `make screenshots`. Needs Chromium and a Chinese font."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.error import URLError

from playwright.sync_api import Browser, ViewportSize, sync_playwright

IMAGES = Path(__file__).parent.parent / "docs" / "images"
TOWN = "331125201-"
DESK: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 360, "height": 640}


class Picture(NamedTuple):
    """One picture of one page."""

    name: str
    size: ViewportSize
    account: str  # empty: a villager
    path: str
    dark: bool = False


PICTURES = (
    Picture("desk", DESK, f"{TOWN}dispatcher", "/?queue=accepted"),
    Picture("desk-dark", DESK, f"{TOWN}dispatcher", "/?queue=accepted", dark=True),
    Picture("cases", DESK, f"{TOWN}room-head", "/cases"),
    Picture("county", DESK, f"{TOWN[:6]}-dispatcher", "/below"),
    Picture("oversight", DESK, f"{TOWN}oversight", "/"),
    Picture("duty", DESK, f"{TOWN}room-head", "/duty"),
    Picture("decisions", PHONE, f"{TOWN}chief", "/decisions"),
    Picture("field", PHONE, f"{TOWN}grid-01", "/field/"),
    Picture("villager", PHONE, "", f"/p/report/{TOWN[:-1]}/"),
)


def main() -> None:
    """Start a demo in a home of its own, take every picture, and leave nothing behind but the pictures."""
    home = Path(tempfile.mkdtemp(prefix="sipingtai-pictures-"))
    port = _free_port()
    sipingtai = Path(sys.executable).with_name("sipingtai")
    demo = subprocess.Popen(
        [sipingtai, "demo", "--port", str(port)], env=os.environ | {"SIPINGTAI_HOME": str(home)}, stdout=sys.stderr
    )
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_for(base + "/healthz")
        people = json.loads((home / "demo-people.json").read_text("utf-8"))
        passwords = {p["account"]: p["password"] for p in people}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for picture in PICTURES:
                _take(browser, base, picture, passwords.get(picture.account, ""))
            browser.close()
    finally:
        demo.terminate()
        demo.wait(timeout=60)
        shutil.rmtree(home, ignore_errors=True)


def _take(browser: Browser, base: str, picture: Picture, password: str) -> None:
    scheme: Literal["dark", "light"] = "dark" if picture.dark else "light"
    context = browser.new_context(viewport=picture.size, locale="zh-CN", color_scheme=scheme)
    page = context.new_page()
    if picture.account:
        page.goto(base + "/sign-in/")
        page.get_by_label("用户名").fill(picture.account)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_load_state()
    page.goto(base + picture.path)
    page.wait_for_load_state("networkidle")
    IMAGES.mkdir(exist_ok=True)
    # Hiding the caret would put a style of the tool's own on the page, against the page's policy.
    page.screenshot(path=IMAGES / f"{picture.name}.png", caret="initial")
    context.close()
    print(picture.name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(address: str, seconds: int = 600) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(1)
    raise TimeoutError(address)


if __name__ == "__main__":
    main()
