"""`sipingtai`, the one command: Django's own, with the embedded database started where a command needs one."""

import contextlib
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from sipingtai.config.database import is_embedded
from sipingtai.ops.bench.home import home_for
from sipingtai.ops.postgres import server
from sipingtai.ops.postgres.layout import EmbeddedServerError
from sipingtai.ops.secret_files import UnsafeSecretFile

# These read no rows, or start the database themselves when they have looked around.
WITHOUT_DATABASE = {
    "help", "version", "--help", "-h", "--version", "check", "makemessages", "compilemessages", "collectstatic",
    "restore", "doctor", "bench",
}  # fmt: skip


def main() -> None:
    """Run the command named on the command line; exit with 1 and a Chinese sentence where the database cannot start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sipingtai.config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        with contextlib.ExitStack() as stack:
            if command == "bench" and not {"--help", "-h"} & set(sys.argv):
                stack.enter_context(home_for(sys.argv))  # before anything reads the settings
            if command not in WITHOUT_DATABASE and not {"--help", "-h"} & set(sys.argv) and is_embedded():
                stack.enter_context(server.running(settings.SIPINGTAI_HOME))
            execute_from_command_line(sys.argv)
    except (EmbeddedServerError, UnsafeSecretFile, ImproperlyConfigured) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
