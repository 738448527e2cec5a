"""Which moves somebody may make on several cases in one go (批量), and which of them can be taken back."""

from collections.abc import Mapping

from sipingtai.core.actions import Action
from sipingtai.core.posts import Actor
from sipingtai.core.who import OFFICE_POSTS
from sipingtai.desk.move_words import KEYS
from sipingtai.loop.reading.queues import ROOM
from sipingtai.org.actors import LOOKING_ON

MOST = 100  # cases of one batch
# Moves that say the same of every case; anything else wants to be looked at one by one.
ACTIONS = (Action.ACCEPT, Action.DISPATCH, Action.SIGN, Action.URGE)
UNDO: Mapping[Action, Action] = {Action.DISPATCH: Action.RECALL}  # what the table lets one take back
CHOOSES = (Action.DISPATCH,)  # where each case goes somewhere of its own
SPEAKS = (Action.ACCEPT, Action.DISPATCH, Action.URGE)  # with a word that is the same for each
NOT_BACK = {
    Action.ACCEPT: "受理后不能批量撤回。",
    Action.DISPATCH: "对方签收以前，可以一次全部撤回。",
    Action.SIGN: "签收后不能撤回；不属于本单位职责的，请逐件申请退单。",
    Action.URGE: "催办发出后不能撤回。",
}


def offered(actor: Actor) -> tuple[tuple[Action, str], ...]:
    """The batches that make sense for the actor's posts, with their keys. The rules still judge every case."""
    posts = {seat.post for seat in actor.seats | actor.substitute}
    found: list[Action] = []
    if posts & set(ROOM):
        found += [Action.ACCEPT, Action.DISPATCH]
    if posts & set(OFFICE_POSTS):
        found.append(Action.SIGN)
    if posts - LOOKING_ON:
        found.append(Action.URGE)
    return tuple((action, KEYS[action]) for action in found)
