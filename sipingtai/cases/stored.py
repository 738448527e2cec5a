"""Asking the stored state of a case (cases_case.state) itself. What stands at its default is left out of it."""

from django.db import models


def state_has(path: str) -> models.Func:
    """Whether anything lies at this jsonpath, as a condition."""
    return models.Func(
        models.F("state"),
        function="jsonb_path_exists",
        template=f"%(function)s(%(expressions)s, '{path}')",
        output_field=models.BooleanField(),
    )
