"""What is logged of an error: enough to find it, and nothing that somebody wrote."""

import io
import logging
import logging.config
import sys

from django.conf import settings

from sipingtai.config.log_lines import WithoutWords

WRITTEN = "张三 13812345678"


def _broken(told: str) -> None:
    try:
        int(told)
    except ValueError as error:
        raise RuntimeError(f"key (phone)=({told})") from error


def test_a_trace_tells_where_and_of_what_kind_and_repeats_no_word() -> None:
    try:
        _broken(WRITTEN)
    except RuntimeError:
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "at %s", ("/new",), sys.exc_info())
    told = WithoutWords("%(levelname)s %(message)s").format(record)
    assert told.startswith("ERROR at /new\n")
    assert told.index("builtins.ValueError") < told.index("builtins.RuntimeError")
    assert "in _broken" in told
    assert "138" not in told


def test_the_servers_log_is_written_so() -> None:
    assert settings.LOGGING["formatters"]["line"]["()"] == f"{WithoutWords.__module__}.{WithoutWords.__qualname__}"
    written = io.StringIO()
    configurator = logging.config.DictConfigurator(settings.LOGGING)
    handler = logging.StreamHandler(written)
    handler.setFormatter(configurator.configure_formatter(dict(settings.LOGGING["formatters"]["line"])))
    handler.handle(logging.LogRecord("x", logging.WARNING, "", 0, "said", (), None))
    assert written.getvalue().endswith("WARNING x said\n")
