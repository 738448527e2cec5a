"""The product's settings under a home of this test run's own."""

import os
import tempfile

if "SIPINGTAI_HOME" not in os.environ or os.environ.get("SIPINGTAI_TEST_HOME") != os.environ["SIPINGTAI_HOME"]:
    # Marked, so that a process started by a test (serve, worker) stays in the same home.
    os.environ["SIPINGTAI_HOME"] = os.environ["SIPINGTAI_TEST_HOME"] = tempfile.mkdtemp(prefix="sipingtai-test-")

from sipingtai.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of accounts are made in a run
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405
