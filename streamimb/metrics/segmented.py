"""One metric for each segment of the events, and for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.answer import label_of
from streamimb._kernels.observation import field_of, observation
from streamimb._kernels.saved import entries, labels, listed, refused, row
from streamimb.metrics.event_field import Field
from streamimb.metrics.event_proba import features_of
from streamimb.metrics.river_metric import RiverMetric
from streamimb.parameters import field, refuse, refuse_other, whole
from streamimb.protocols import Features, Reading

SHOWN = 10  # segments whose values are readings


class Segmented(RiverMetric):
    """A metric of each segment (country, campaign, channel) and of all events; `get` is that of all events.

    The `segments` seen last are kept: another one takes the place of the one not seen for longest, whose events stay
    in the total. A half-life counts the events of its segment. `merge(other)` is this stream followed by
    the other's.

    Readings are those over all events, and the value of each of the ten largest segments by its rank, of the most
    events first. The name of a segment is a value of a field, so it is in no reading; nor is a hash of it, from which a
    list of names would give the name back. `by_segment` has the names.

    **Cost**: two updates of the metric per event; `segments` + 1 metrics.

    Parameters
    ----------
    metric
        A metric of `streamimb.metrics`; each segment has a clone.
    by
        Name of a field of x, or a function of x: the segment, a string, an integer, True or False.
    segments
        Segments that are kept; from 1 to 60.

    Raises
    ------
    ValueError
        A parameter is out of its range; x is missing or its segment is no string or integer; as the metric.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.Segmented(metrics.CalibrationRatio(), by="country")
    >>> for i in range(1000):
    ...     metric.update(i % 100 == 0, 0.02, x={"country": "AT"})
    ...     metric.update(i % 100 == 0, 0.01, x={"country": "CH"})
    >>> {name: round(each.get(), 1) for name, each in metric.by_segment().items()}
    {'AT': 2.0, 'CH': 1.0}
    """

    def __init__(self, metric: RiverMetric, by: Field, segments: int = 50) -> None:
        if not isinstance(metric, RiverMetric):
            refuse("metric", metric, "a metric of streamimb.metrics")
        self.metric = metric
        self.by = field("by", by)
        self.segments = whole(
            "segments", segments, lambda n: 1 <= n <= 60, "a whole number of segments from 1 to 60"
        )
        self._total: Any = metric.clone()
        # Then a checked event is all that it takes, and one check is enough for both updates.
        self._plain = type(metric).update is RiverMetric.update
        self._each: dict[Any, Any] = {}  # the segment seen last is last
        self._events: dict[Any, float] = {}  # of each, since it is kept

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        from streamimb.metrics.log_loss import LogLoss

        yield {"metric": LogLoss(), "by": "user"}

    @property
    def memory_budget_bytes(self) -> int:
        """The bytes that all its metrics can take."""
        return (self.segments + 1) * (4_096 + int(getattr(self.metric, "memory_budget_bytes", 0)))

    @property
    def bigger_is_better(self) -> bool:
        """That of the metric."""
        return bool(self.metric.bigger_is_better)

    @property
    def requires_labels(self) -> bool:
        """That of the metric."""
        return self.metric.requires_labels

    @property
    def fields_read(self) -> tuple[str, ...] | None:
        """The field of the segment, and what the metric reads; None where one of them is a function of x."""
        inner = self.metric.fields_read
        return None if not isinstance(self.by, str) or inner is None else (self.by, *inner)

    def lifetime(self) -> Segmented:
        """Return a clone before its first event that counts every event of a segment alike; raises as the metric."""
        return self.clone({"metric": self.metric.lifetime()})

    def update(self, y_true: Any, y_pred: Any, w: float = 1.0, x: Features | None = None) -> None:
        """Take one event, as the metric takes it; its segment is read from x."""
        x = features_of(y_pred, x)
        segment = label_of(field_of(self.by, x))
        if self._plain:
            y, p, w = observation(y_true, y_pred, w)
            if w > 0.0:
                self._total.update_p(y, p, w)
                self._of(segment).update_p(y, p, w)
                self._events[segment] += 1.0
            return
        self._total.update(y_true, y_pred, w, x)  # raises before anything changes
        if w > 0.0:
            self._of(segment).update(y_true, y_pred, w, x)
            self._events[segment] += 1.0

    def _of(self, segment: Any) -> Any:
        each = self._each
        found = each.pop(segment, None)
        if found is None:
            found, self._events[segment] = self.metric.clone(), 0.0
            if len(each) >= self.segments:
                oldest = next(iter(each))
                del each[oldest], self._events[oldest]
        each[segment] = found
        return found

    def get(self) -> float:
        """Return the value over all events."""
        return float(self._total.get())

    def by_segment(self) -> dict[Any, Any]:
        """Return the metric of each segment, the segment seen last being last: to read, not to update."""
        return dict(self._each)

    def merge(self, other: Segmented) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "by", "segments")
        if (
            type(self.metric) is not type(other.metric)
            or self.metric._get_params() != other.metric._get_params()
        ):
            raise ValueError("metric: expected the same metric with the same parameters in both")
        self._total.merge(other._total)
        each, events = other._kept()
        for segment, metric in each.items():
            self._of(segment).merge(metric)
            self._events[segment] += events[segment]

    def _kept(self) -> tuple[dict[Any, Any], dict[Any, float]]:
        """Return copies of the metric and the events of each segment; an update may drop one between both."""
        each, events = dict(self._each), dict(self._events)
        return {segment: metric for segment, metric in each.items() if segment in events}, events

    def readings(self) -> Iterator[Reading]:
        """Return the readings over all events, the value of each large segment by rank, and the number of segments."""
        yield from self._total.readings()
        each, events = self._kept()
        largest = sorted(each, key=lambda segment: -events[segment])[:SHOWN]
        ranked = {str(rank): segment for rank, segment in enumerate(largest, 1)}
        help = "Value of the metric in the largest segments; rank 1 is the one with the most events."
        values = {rank: float(each[segment].get()) for rank, segment in ranked.items()}
        yield Reading("segment_value", help, values, labels=("rank",))
        counts = {rank: events[segment] for rank, segment in ranked.items()}
        yield Reading(
            "segment_events", "Events of the largest segments since each is kept.", counts, labels=("rank",)
        )
        yield Reading("segments", "Segments whose metric is kept.", float(len(each)))

    def __getstate__(self) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "by": self.by,
            "segments": self.segments,
            "total": self._total,
            "names": list(self._each),
            "each": list(self._each.values()),
            "events": [self._events[segment] for segment in self._each],
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "metric", "by", "segments", "total", "names", "each", "events")
        fresh = Segmented(saved["metric"], saved["by"], saved["segments"])
        names = labels(saved, "names")
        each = listed(saved, "each", len(names))
        for one in (saved["total"], *each):
            if type(one) is not type(fresh.metric) or one._get_params() != fresh.metric._get_params():
                raise refused("each", "metrics with the parameters of the one given")
        events = row(saved, "events", len(names), 0.0, 1e300)
        if len(names) > fresh.segments:
            raise refused("names", "at most as many as are kept")
        fresh._total, fresh._each = saved["total"], dict(zip(names, each, strict=True))
        fresh._events = dict(zip(names, events, strict=True))
        vars(self).update(vars(fresh))
