"""`sipingtai`, the one command: Django's own, with the embedded database started where a command needs one."""

import contextlib
import os
import sys

from django.core.management import execute_from_command_line

# These read no rows, or start the database themselves.
WITHOUT_DATABASE = {"help", "version", "--help", "-h", "--version", "check", "makemessages", "compilemessages", "collectstatic"}


def main() -> None:
    """Run the command named on the command line; exit with 1 and a Chinese sentence where the database cannot start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sipingtai.config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    from django.conf import settings
    from sipingtai.config.database import is_embedded
    from sipingtai.ops.postgres import server
    with contextlib.ExitStack() as stack:
        if command not in WITHOUT_DATABASE and is_embedded():
            stack.enter_context(server.running(settings.SIPINGTAI_HOME))
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
