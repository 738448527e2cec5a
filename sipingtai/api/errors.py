"""Which error answers an operation may give, for the OpenAPI document."""

from sipingtai.api.answers import ProblemOut

ALWAYS = (401, 403, 405, 411, 429, 500, 503)


def errors(*codes: int) -> dict[int, type[ProblemOut]]:
    """The statuses of `codes` and of every operation, all with the same body."""
    return dict.fromkeys(sorted({*ALWAYS, *codes}), ProblemOut)
