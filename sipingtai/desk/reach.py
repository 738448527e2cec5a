"""Who looks down on other commands (县看乡镇、乡镇看村), and what their page is called."""

from sipingtai.core.posts import Post
from sipingtai.core.setting import Level
from sipingtai.faces.asker import Asker
from sipingtai.loop.reading.below import commands_below

LOOKING_DOWN = frozenset(
    {Post.LEADER, Post.CHIEF, Post.DUTY, Post.ROOM_HEAD, Post.INTAKE, Post.ANALYST, Post.DISPATCHER, Post.ASSESSOR}
)


def title_for(asker: Asker) -> str:
    """What the page is called for this person; empty where there is nothing below."""
    own = commanded(asker)
    found = commands_below(own, asker.setting) if own else ()
    if not found:
        return ""
    return "各村站" if all(asker.setting.commands[c].level is Level.VILLAGE for c in found) else "各乡镇"


def commanded(asker: Asker) -> frozenset[int]:
    """The commands in whose room the asker sits, or whose chief they are."""
    seats = asker.actor.seats | asker.actor.substitute
    return frozenset(s.unit for s in seats if s.post in LOOKING_DOWN and s.unit in asker.setting.commands)
