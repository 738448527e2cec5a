"""The product's settings under a home of this test run's own."""

import atexit
import os
import shutil
import tempfile

# Marked with whose it is: a process started by a test (serve, worker) stays in the same home, and each of several test
# processes (pytest-xdist) has a home and an embedded server of its own.
MARK = f"{os.environ.get('SIPINGTAI_HOME')} {os.environ.get('PYTEST_XDIST_WORKER', '')}"
if os.environ.get("SIPINGTAI_TEST_HOME") != MARK:
    home = tempfile.mkdtemp(prefix="sipingtai-test-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["SIPINGTAI_HOME"] = home
    os.environ["SIPINGTAI_TEST_HOME"] = f"{home} {os.environ.get('PYTEST_XDIST_WORKER', '')}"

from sipingtai.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of accounts are made in a run
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405
