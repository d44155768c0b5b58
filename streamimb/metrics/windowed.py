"""Any metric over the last events alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from streamimb._kernels.saved import entries
from streamimb.metrics.block_window import KEPT, BlockWindow
from streamimb.metrics.river_metric import RiverMetric
from streamimb.parameters import refuse, refuse_other, whole_between
from streamimb.protocols import Features, Reading

MOST = 10**12


class Windowed(RiverMetric):
    """A metric over the last `events` events, all alike; what came before counts nothing.

    It covers the last k events, k from `events` - s + 1 to `events`, where s is `events`/16 rounded up; all events
    while fewer came. (Of 10,000: 9,376 to 10,000; up to 16: exactly `events`.) No event is kept: there is a clone of
    the metric, with `half_life=inf`, for each block of s events, the oldest is dropped as a whole, and a reading is
    that of all blocks merged. Events of weight 0 are none. Where the metric has `serve`, the events served have a
    window of their own, of the same length, because labels come later. `merge(other)` is this stream followed by the
    other's: k is in the same range, but may be another one than without the merge.

    **Cost**: one update of the metric per event, and O(1) amortised; up to 36 metrics (usually 19), twice that where it
    has `serve`. The first reading after an event merges 2 metrics, after a new block up to 17.

    Parameters
    ----------
    metric
        A metric whose `half_life` may be inf, or `Segmented` around one; it is not updated itself.
    events
        Events that count; from 1 to 10^12.

    Raises
    ------
    ValueError
        A parameter is out of its range; the metric cannot count every event alike, such as `PrecisionAtK`, whose
        memory is in periods; as the metric.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.Windowed(metrics.BaseRate(), events=100)
    >>> for i in range(2_000):
    ...     metric.update(i >= 1_900, 0.1)
    >>> metric.get(), metric.covered
    (1.0, 96)
    """

    def __init__(self, metric: RiverMetric, events: int = 10_000) -> None:
        if not isinstance(metric, RiverMetric):
            refuse("metric", metric, "a metric of streamimb.metrics")
        self.metric = metric
        self.events = whole_between("events", events, 1, MOST)
        try:
            alike = metric.lifetime()
        except ValueError as error:
            refuse("metric", metric, f"a metric that can be cut into blocks of events; {error}")
        self._labelled = BlockWindow(alike, self.events)
        self._served = BlockWindow(alike, self.events)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        from streamimb.metrics.log_loss import LogLoss

        yield {"metric": LogLoss(), "events": 100}

    @property
    def memory_budget_bytes(self) -> int:
        """The bytes that all its metrics can take."""
        windows = 2 if self._serves() else 1
        return windows * KEPT * (4_096 + int(getattr(self.metric, "memory_budget_bytes", 0)))

    @property
    def bigger_is_better(self) -> bool:
        """That of the metric."""
        return bool(self.metric.bigger_is_better)

    @property
    def requires_labels(self) -> bool:
        """That of the metric."""
        return self.metric.requires_labels

    @property
    def multiclass(self) -> bool:
        """That of the metric; False where it has none."""
        return bool(getattr(self.metric, "multiclass", False))

    @property
    def fields_read(self) -> tuple[str, ...] | None:
        """What the metric reads of x."""
        return self.metric.fields_read

    @property
    def covered(self) -> int:
        """The number of labelled events that count now."""
        return len(self._labelled)

    def update(self, y_true: Any, y_pred: Any, w: float = 1.0, x: Features | None = None) -> None:
        """Take one event, as the metric takes it."""
        block = self._labelled.open()
        block.update(y_true, y_pred, w, x)  # raises before anything changes
        if w > 0.0:
            self._labelled.count(block)

    def _serves(self) -> bool:
        return callable(getattr(self.metric, "serve", None))

    @property
    def serve(self) -> Callable[..., None]:
        """The method that takes an event when it is served, where the metric has one."""
        if not self._serves():
            raise AttributeError(f"{type(self.metric).__name__} has no method serve")
        return self._serve

    def _serve(self, p: float, *w: float) -> None:
        block = self._served.open()
        block.serve(p, *w)
        if not w or w[0] > 0.0:
            self._served.count(block)

    def current(self) -> Any:
        """Return the metric over the window, with all its methods: to read, not to update."""
        if not len(self._served):
            return self._labelled.merged()
        both = self._labelled.merged().clone(include_attributes=True)
        both.merge(self._served.merged())
        return both

    def get(self) -> float:
        """Return the value over the window."""
        return float(self.current().get())

    def readings(self) -> Iterable[Reading]:
        """Return the readings of the metric over the window."""
        return self.current().readings()  # type: ignore[no-any-return]

    def merge(self, other: Windowed) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "events")
        if (
            type(self.metric) is not type(other.metric)
            or self.metric._get_params() != other.metric._get_params()
        ):
            raise ValueError("metric: expected the same metric with the same parameters in both")
        self._labelled.append(other._labelled)
        self._served.append(other._served)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "events": self.events,
            "labelled": self._labelled.__getstate__(),
            "served": self._served.__getstate__(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "metric", "events", "labelled", "served")
        fresh = Windowed(saved["metric"], saved["events"])
        fresh._labelled.restore(saved["labelled"])
        fresh._served.restore(saved["served"])
        vars(self).update(vars(fresh))
