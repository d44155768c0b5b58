"""The life of a scored event: it waits for its label, is joined, matures or expires; each end is counted once.

It holds engine time, which `event_clock` sets.
"""

import math
from collections.abc import Callable

from streamimb._kernels.watch import Watch
from streamimb.engine.class_measures import measures_of
from streamimb.engine.counters import Counters
from streamimb.engine.label_policy import LabelPolicy
from streamimb.engine.measures import taking
from streamimb.engine.propensity import propensity_of, usable
from streamimb.engine.roles import Roles
from streamimb.engine.row_index import RowIndex
from streamimb.engine.rows import (
    EARLY,
    EVICTED,
    EXPIRED,
    INLINE,
    JOINED,
    LEARNED,
    NO_LABEL,
    REFUSED,
    STALE,
    UNSTORABLE,
    Finished,
    Held,
    Pending,
    Row,
    comes_back,
)  # fmt: skip
from streamimb.engine.settings import Settings

Teach = Callable[..., None]  # features, label, memo, weight (1)


class Lifecycle:
    """The rows of one engine, engine time, counters and measures.

    The first label of an event counts: the same label again is a `duplicate`, another one a `conflict`, and neither
    changes anything. Where both classes are reported the label ends the event; where only positives are reported, the
    end of the window does. After its end an event stays as a small row for `late_s`.

    A label of None takes a label back. A label that is held or waits for its window is removed, and both are counted
    (`retraction`, `taken_back`). A learned label stays learned (`retraction_late`). Where there is no label, nothing
    happens (`retraction_unmatched`).

    Cost: O(log pending) per event, O(1) per label.
    """

    __slots__ = (
        "_end_pending", "_max_finished", "_take_label", "counts", "hold_s", "labels", "late_s", "measures", "memory",
        "overdue", "propensity", "settings", "t", "take", "teach", "waiting", "watch",
    )  # fmt: skip

    def __init__(
        self, labels: LabelPolicy, settings: Settings, classes: tuple[str, ...], roles: Roles | None = None
    ) -> None:
        self.settings, self.labels = settings, labels
        self.late_s, self._max_finished = settings.late_s, settings.max_finished
        self.hold_s = labels.hold_s if settings.hold_s is None else settings.hold_s
        self.counts = Counters()
        self.memory = RowIndex()
        self.measures = measures_of(classes, settings)
        self.take: Callable[..., None] = taking(self.measures)  # measures a row
        self.propensity = propensity_of(roles, labels, settings.max_label_weight)
        self.t = -math.inf
        self.overdue = False  # labels are: an event without one is then no negative
        self.waiting = 0  # label records joined to an event that has not matured
        self.teach: Teach  # set before the first event, as the next one
        self.watch: Watch
        at_label = labels.learns_at_label
        self._take_label = self._learn_now if at_label else self._keep_label
        self._end_pending = self._expire if at_label else self._mature

    def follow(self) -> None:
        """Measure rows by the measures and metrics that there are now."""
        self.take = taking(self.measures)

    def advance(self, t: float) -> None:
        """Set engine time to t, and end the rows that are due."""
        self.t = t
        if t >= self.memory.next_due:
            self.end_due()

    def end_due(self) -> None:
        """End the rows that are due: pending events by (due, arrival), then held labels, then remembered ends."""
        memory, now = self.memory, self.t
        row = memory.first_pending()
        while row is not None and row.due <= now:
            if row.ahead > 0.0 and row.t + row.ahead <= now + self.settings.skew_s:
                self._date(row)
            else:
                self._end_pending(row)
            row = memory.first_pending()
        held = memory.first_held()
        while held is not None and held.due <= now:
            self._orphan(held)
            held = memory.first_held()
        while memory.finished and memory.finished[0].due <= now:
            memory.drop_first_finished()
        memory.find_next_due(row, held)

    def _date(self, row: Pending) -> None:
        """Give a clamped event its own time back, because engine time is near it."""
        self.memory.note(row.id)
        row.t, row.ahead = row.t + row.ahead, 0.0
        row.due = self.labels.due(row.t, row.t)
        self.memory.replace_first_pending(row)

    def _orphan(self, held: Held) -> None:
        """Give up a label whose event was not found."""
        self.memory.drop(held)
        self.counts.orphaned += 1
        self.measures.orphan(held.y)

    # Events and labels that arrive

    def meet(self, row: Pending, known: Row | None, y: bool | str | None, stale: bool) -> str:
        """Take a scored event and the label it brought; return a reason to append to its score, or ""."""
        counts = self.counts
        if type(known) is Pending or type(known) is Finished:
            counts.duplicate_event += 1
            if y is not None:
                counts.labels += 1
                self.label(row.id, row.t, y)
            return "duplicate_event"
        if stale:
            counts.stale_event += 1
            counts.inline_ignored += y is not None
            self.refuse(row.id, STALE)
            return "stale"
        if not comes_back(row.x):
            counts.unlearnable += 1
            counts.inline_ignored += y is not None
            counts.reject(UNSTORABLE)
            self.refuse(row.id, REFUSED)
            return UNSTORABLE
        self._remember(row, y, known if type(known) is Held else None)
        return ""

    def _remember(self, row: Pending, y: bool | str | None, held: Held | None) -> None:
        """Remember a new event, and join the label that came before it."""
        memory, counts = self.memory, self.counts
        memory.seq = row.seq = memory.seq + 1
        row.due = self.labels.due(row.t, self.t)
        counts.unlearnable += not row.learnable
        if held is not None:
            memory.drop(held)
        memory.add_pending(row)
        if held is not None:
            counts.inline_ignored += y is not None
            self._take_label(row, held.y, held.t, EARLY, held.propensity)
        elif y is not None:
            self._take_label(row, y, row.t, INLINE)
        if memory.pending_n > self.settings.max_pending:
            first = memory.first_pending()
            if first is not None:
                counts.evicted += 1
                self._lose(first, EVICTED)
        if row.due <= self.t:
            self.end_due()

    def refuse(self, id: str, end: int) -> None:
        """Remember an id whose event is not to be learned, unless the id is known already."""
        row = self.memory.rows.get(id)
        if row is None:
            self.finish(id, end, None, None)
        elif type(row) is Held:
            if end == STALE:
                self.counts.label_of_stale += 1
            else:
                self.counts.label_of_rejected += 1
            self.memory.drop(row)
            self.finish(id, end, None, row.y)

    def take_changes(self) -> dict[str, bytes | None]:
        """Return the rows that changed since the last call; an event that cannot be stored is given up."""
        taken, failed = self.memory.take_changes()
        for row in failed:
            self.counts.reject(UNSTORABLE)
            self._lose(row, REFUSED)
        return taken | self.memory.take_changes()[0] if failed else taken

    def label(self, id: str, t: float, y: bool | str | None, said: float | None = None) -> None:
        """Join a label to its event, or hold it until the event comes; `said` is the propensity that it brought."""
        row = self.memory.rows.get(id)
        if type(row) is Pending:
            if y is not None and row.origin == NO_LABEL:
                self._take_label(row, y, t, JOINED, said)
            else:
                self._label_waiting(row, y)
        elif type(row) is Finished:
            self._label_finished(row, t, y, said)
        elif type(row) is Held:
            self._label_held(row, y)
        elif y is None:
            self.counts.retraction_unmatched += 1
        else:
            self._hold(id, t, y, usable(said))

    def _hold(self, id: str, t: float, y: bool | str, said: float | None) -> None:
        memory = self.memory
        now = self.t if self.t > -math.inf else t
        memory.seq = seq = memory.seq + 1
        memory.add_held(Held(id, seq, t, now + self.hold_s, y, said))
        if memory.held_n > self.settings.max_held and (first := memory.first_held()) is not None:
            self._orphan(first)

    def _label_held(self, row: Held, y: bool | str | None) -> None:
        counts = self.counts
        if y is None:
            self.memory.drop(row)
            counts.retraction += 1
            counts.taken_back += 1
        elif y == row.y:
            counts.duplicate += 1
        else:
            counts.conflict += 1

    def _label_waiting(self, row: Pending, y: bool | str | None) -> None:
        counts = self.counts
        if y is None and row.origin == NO_LABEL:
            counts.retraction_unmatched += 1
        elif y is None:
            counts.retraction += 1
            if row.origin != INLINE:
                counts.taken_back += 1
                self.waiting -= 1
            self.memory.note(row.id)
            row.y, row.t_y, row.origin = None, 0.0, NO_LABEL
        elif y == row.y:
            counts.duplicate += 1
        else:
            counts.conflict += 1

    def _label_finished(self, row: Finished, t: float, y: bool | str | None, said: float | None) -> None:
        counts = self.counts
        if row.end == REFUSED:
            counts.label_of_rejected += 1
        elif row.end == STALE:
            counts.label_of_stale += 1
        elif y is None:
            if row.label is None:
                counts.retraction_unmatched += 1
            else:
                counts.retraction_late += 1
        elif row.label is None:
            self._label_late(row, t, y, said)
        elif y == row.label:
            counts.duplicate += 1
        else:
            counts.conflict += 1

    def _label_late(self, row: Finished, t: float, y: bool | str, said: float | None) -> None:
        """Take the first label of an event that ended without one."""
        counts = self.counts
        self.memory.note(row.id)
        row.label = y
        self._delay(t - row.t, y, row.t)
        if row.end == LEARNED:  # as a negative, when its window closed
            counts.late += 1
            if y:
                self._reported(late=True)
            return
        if row.end == EXPIRED:
            counts.late_after_ttl += 1
        else:
            counts.late_after_eviction += 1
        w = self.propensity.weigh(self.counts, row, said)
        if self.labels.learns_at_label and not row.cold and w > 0.0:  # else only positives would be measured
            self.take(row, y, w)

    # Ends of an event

    def end_at_once(self, id: str, y: bool | str) -> None:
        """End a new event that was learned with its own label: `finish` for an id without a row."""
        late_s = self.late_s
        if late_s > 0.0:
            memory = self.memory
            memory.seq = seq = memory.seq + 1
            memory.add_new_end(Finished(id, seq, self.t + late_s, LEARNED, y, y))
            if len(memory.finished) > self._max_finished:
                memory.drop_first_finished()
                self.counts.finished_evicted += 1

    def _learn_now(self, row: Pending, y: bool | str, t_y: float, origin: int, said: object = None) -> None:
        """End an event at its label, where both classes are reported."""
        self._count_joined(origin)
        if origin != INLINE:
            self._delay(t_y - row.t, y, row.t)
        w = self.propensity.weigh(self.counts, row, said)
        if not row.cold and w > 0.0:
            self.take(row, y, w)
        if row.learnable and w > 0.0:
            self.teach(row.x, y, row.memo, w)
        self.finish(row.id, LEARNED, y, y)

    def _keep_label(self, row: Pending, y: bool | str, t_y: float, origin: int, said: object = None) -> None:
        """Keep a label until the window closes, where only positives are reported."""
        self.memory.note(row.id)
        row.y, row.t_y, row.origin = y, t_y, origin
        self.waiting += origin != INLINE

    def _mature(self, row: Pending) -> None:
        """End an event whose window closed: a negative, unless a positive label is dated within the window."""
        counts = self.counts
        if self.overdue and row.y is None:
            counts.immature += 1
            self._lose(row, EXPIRED)
            return
        y = row.y is True and row.t_y <= row.due
        late = row.y is True and not y
        if row.origin in (JOINED, EARLY):
            self.waiting -= 1
            if late:
                counts.late += 1
            else:
                self._count_joined(row.origin)
            self._delay(row.t_y - row.t, row.y is True, row.t)
        elif row.origin == INLINE:
            counts.inline += 1
        if row.y:
            self._reported(late=late)
        counts.matured += 1
        if not row.cold:
            self.take(row, y)
        if row.learnable:
            self.teach(row.x, y, row.memo)
        self.finish(row.id, LEARNED, y, row.y, t=row.t)

    def _reported(self, *, late: bool) -> None:
        """Count a positive that was reported for an event whose window closed."""
        self.counts.positive += 1
        self.counts.positive_late += late
        self.measures.report(late=late)

    def _expire(self, row: Pending) -> None:
        """End an event for which no label came in time."""
        self.counts.expired += 1
        self._lose(row, EXPIRED)

    def _lose(self, row: Pending, end: int) -> None:
        """Give up an event: it is never learned, and the metrics count it as lost."""
        counts = self.counts
        if row.origin in (JOINED, EARLY):
            self.waiting -= 1
            counts.late_after_eviction += 1
        elif row.origin == INLINE:
            counts.inline_ignored += 1
        # Where events have a propensity, others stand for one whose label was not asked for.
        if not row.cold and (end != EXPIRED or not self.propensity.name):
            self.measures.served.lose()
        self.finish(row.id, end, None, row.y, row)

    def _count_joined(self, origin: int) -> None:
        counts = self.counts
        if origin == JOINED:
            counts.joined += 1
        elif origin == EARLY:
            counts.early_joined += 1
        else:
            counts.inline += 1

    def _delay(self, seconds: float, y: bool | str, t: float) -> None:
        if seconds < 0.0:
            self.counts.negative_delay += 1
            seconds = 0.0
        self.measures.delay(y, seconds)
        self.watch.delay(seconds, t)

    def finish(
        self,
        id: str,
        end: int,
        y: bool | str | None,
        label: bool | str | None,
        served: Pending | None = None,
        t: float = 0.0,
    ) -> None:
        """Keep a small row of an event for `late_s`, with what was served only where it may still be measured."""
        memory = self.memory
        if self.late_s <= 0.0:
            row = memory.rows.get(id)
            if row is not None:
                memory.drop(row)
            return
        memory.seq = seq = memory.seq + 1
        over = Finished(id, seq, self.t + self.late_s, end, y, label, t)
        if served is not None:
            over.t, over.raw, over.corrected = served.t, served.raw, served.corrected
            over.acted = served.acted
            over.calibrated, over.cold, over.by_class = served.calibrated, served.cold, served.by_class
            over.x = self.propensity.kept(served, self.measures.others.kept(served.fields()))
        memory.add_finished(over)
        if len(memory.finished) > self._max_finished:
            memory.drop_first_finished()
            self.counts.finished_evicted += 1
