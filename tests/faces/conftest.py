"""The sample pages, rendered as a face would and served under the real content security policy."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.template import engines
from django.test import RequestFactory, override_settings

from sipingtai.config.security import CONTENT_SECURITY_POLICY

SAMPLES = Path(__file__).parent / "samples"
STATIC = Path(__file__).parents[2] / "sipingtai" / "faces" / "static"
PLAIN_STATIC = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


class _UnderPolicy(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address under which desk.html, field.html and public.html are served."""
    folder = tmp_path_factory.mktemp("samples")
    (folder / "static").symlink_to(STATIC)
    with override_settings(STORAGES=PLAIN_STATIC):
        for page in SAMPLES.glob("*.html"):
            template = engines["django"].from_string(page.read_text("utf-8"))
            (folder / page.name).write_text(template.render({}, RequestFactory().get("/")), "utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_UnderPolicy, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
