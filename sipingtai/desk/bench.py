"""One list of the desk: its place in the addresses, and the queue it is where it is one."""

from attrs import evolve, frozen

from sipingtai.desk.around import Shelf
from sipingtai.desk.filters import Place
from sipingtai.desk.trace import CODES
from sipingtai.faces.asker import Asker
from sipingtai.loop.reading.lists import Filters
from sipingtai.loop.reading.orders import Order

ALL = "all"  # the queue that is none: everything in sight
MIXED = CODES | {"waiting", "awaited", "carded", "soon", "overdue"}  # queues of several stages
SORTED = {Order.NEW: "新到", Order.DUE: "时限", Order.URGENT: "紧急", Order.STILL: "停留"}  # as the list's head says it


@frozen(kw_only=True)
class Bench:
    """What one works on."""

    place: Place
    shelf: Shelf | None

    @property
    def code(self) -> str:
        return self.shelf.queue.code if self.shelf else ALL

    @property
    def label(self) -> str:
        return self.shelf.queue.label if self.shelf else "全部事件"

    @property
    def order(self) -> Order:
        return Order(self.place.narrowing.sort or (Order.DUE if self.shelf else Order.NEW))

    @property
    def sorted_by(self) -> str:
        return SORTED[self.order]

    @property
    def with_stage(self) -> bool:
        """Whether a row says how far it is: in a stage's own queue all are at the same."""
        return self.shelf is None or self.code in MIXED

    @property
    def with_holder(self) -> bool:
        """Whether a row says who has it: in a queue of one's own one has them all."""
        return self.with_stage or (self.shelf is not None and self.shelf.followed)

    def filters(self, asker: Asker) -> Filters:
        found = self.place.narrowing.in_force(asker.now)
        if self.shelf is None:
            return found
        queue = self.shelf.queue
        return evolve(found, extra=found.extra & queue.where, open_only=True, awaiting=queue.awaiting)
