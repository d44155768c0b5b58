"""A user's own metrics beside those of the engine, each with a name: updated and exported.

An exception of a metric is counted and goes no further.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from streamimb.protocols import Metric, ProbabilityMetric, Reading

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class OtherMetrics:
    """Updates each metric with every measured event.

    A reading is exported as `<name of the metric>_<name of the reading>`, once where the two are the same. A
    metric that raises misses the event, or is not exported; `failed` counts that, and `errors` has the class of its
    last exception.

    Cost: one call per metric and event.

    Parameters
    ----------
    metrics
        The metrics by name: lower case letters, digits and underscores, a letter first.

    Raises
    ------
    ValueError
        A name is not valid, an object is no `Metric`, or its readings fail before the first event.
    """

    __slots__ = ("_updates", "errors", "failed", "metrics")

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        for name, metric in metrics.items():
            if not _NAME.fullmatch(name):
                raise ValueError(
                    f"metrics: {name!r} is no name: expected lower case letters, digits and _, a letter first"
                )
            if not isinstance(metric, Metric):
                raise ValueError(
                    f"metrics: {name!r} is a {type(metric).__name__}: expected a metric with update(y_true, y_pred, "
                    "w), get(), merge(other) and readings()"
                )
            if getattr(metric, "requires_x", False):
                raise ValueError(
                    f"metrics: {name!r} reads the features of an event, and the engine hands a metric its class and "
                    "probability alone: update it in a loop of your own"
                )
            try:
                found = list(metric.readings())
            except Exception as error:
                raise ValueError(
                    f"metrics: the readings of {name!r} raise {type(error).__name__} before the first event: return "
                    "nan where nothing is known yet"
                ) from error
            if not found or not all(isinstance(reading, Reading) for reading in found):
                raise ValueError(
                    f"metrics: the readings of {name!r} are none: expected streamimb.protocols.Reading"
                )
        self.metrics = dict(metrics)
        self.failed = dict.fromkeys(metrics, 0)
        self.errors: dict[str, str] = {}
        self._updates = [
            (name, metric.update_p if isinstance(metric, ProbabilityMetric) else metric.update)
            for name, metric in self.metrics.items()
        ]

    def add(self, y: bool, p: float, w: float) -> None:
        """Add one measured event: its class, and the probability that was served."""
        for name, update in self._updates:
            try:
                update(y, p, w)
            except Exception as error:  # noqa: BLE001  a user's metric may raise anything: counted, named
                self._fail(name, error)

    def _fail(self, name: str, error: Exception) -> None:
        self.failed[name] += 1
        self.errors[name] = type(error).__name__  # its message may quote a value

    def readings(self) -> Iterator[Reading]:
        """Return the readings; none where there are no metrics."""
        for name, metric in self.metrics.items():
            try:
                found = list(metric.readings())
            except Exception as error:  # noqa: BLE001  as in `add`: the others are exported
                self._fail(name, error)
                continue
            for reading in found:
                exported = name if reading.name == name else f"{name}_{reading.name}"
                title = f"{name}: {reading.title}" if reading.title else ""
                yield msgspec.structs.replace(reading, name=exported, title=title)
        if self.metrics:
            yield Reading(
                "metric_failures",
                "Times a metric raised, on an event or when it was read.",
                self.failed.copy(),
                "counter",
                ("metric",),
            )
