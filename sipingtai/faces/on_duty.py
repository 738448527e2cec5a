"""Who leads on duty now (今日值班领导), for the edge of every page: it came with the answer to who asks."""

from attrs import frozen
from django.http import HttpRequest

from sipingtai.org.actors import Standing
from sipingtai.org.duty import duty_of


@frozen
class Leader:
    """A leader on duty, and how to reach the duty office."""

    name: str
    telephone: str  # the office's, never a person's; empty where the pack has none


def leaders(request: HttpRequest | None) -> tuple[Leader, ...]:
    """Of every command where whoever asks has a seat; none where there is no rota for now. No statement of its own."""
    asker = getattr(request, "asker", None)
    standing: Standing | None = getattr(asker, "standing", None)
    if asker is None or standing is None:
        return ()
    return tuple(Leader(led.name, duty_of(led.command, asker.setting).telephone) for led in standing.leaders)
