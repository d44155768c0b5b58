"""A metric of P(True) for each class by name, against the rest."""

import copy
from collections.abc import Iterator
from typing import Any

from river import base

from streamimb._kernels.saved import entries, refused
from streamimb.metrics.by_label import by_label
from streamimb.protocols import ByClass, Features, Metric, Reading


class EachClass(base.Base):
    """Updates one metric of a kind for each class: True is the class, False are all others.

    Cost: one update per class and event.

    Parameters
    ----------
    metric
        The metric before its first event; each class gets a copy.

    Examples
    --------
    >>> from streamimb.metrics import LogLoss
    >>> each = EachClass(LogLoss())
    >>> each.extend(("a", "b"))
    >>> each.add(ByClass("a", {"a": (0.9, 0.8, 0.8), "b": (0.1, 0.1, 0.1)}), "a")
    >>> [round(metric.get(), 2) for metric in each.of.values()]
    [0.22, 0.11]
    """

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.of: dict[str, Metric] = {}

    def extend(self, classes: tuple[str, ...]) -> None:
        """Measure these classes too from now on."""
        for name in classes:
            if name not in self.of:
                self.of[name] = copy.deepcopy(self.metric)

    def add(self, served: ByClass, y: str, w: float = 1.0, x: Features | None = None) -> None:
        """Add one event as it was served, its class, its weight, and its features where the metric reads these.

        A metric of labels takes those of the decision.
        """
        more = (w,) if x is None else (w, x)
        p, takes_labels = served.p, getattr(self.metric, "requires_labels", False)
        for name, metric in self.of.items():
            if name in p:  # a class that was added after the event was served has no probability
                metric.update(name == y, served.decision == name if takes_labels else p[name][2], *more)

    def add_x(self, y: str, served: ByClass, x: Features, w: float = 1.0) -> None:
        """`add` of a metric that reads features."""
        self.add(served, y, w, x)

    def readings(self) -> Iterator[Reading]:
        """Return the readings of the metrics by class."""
        return by_label("class", self.of)

    def __getstate__(self) -> dict[str, Any]:
        return {"metric": self.metric, "of": dict(self.of)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "metric", "of")
        if type(saved["of"]) is not dict or not all(
            type(name) is str and _same_kind(metric, saved["metric"]) for name, metric in saved["of"].items()
        ):
            raise refused("of", "a metric of one kind for each class")
        self.metric, self.of = saved["metric"], saved["of"]


def _same_kind(one: object, other: object) -> bool:
    """Whether both have one class and, where they tell them, one set of parameters."""
    if type(one) is not type(other):
        return False
    return not (isinstance(one, base.Base) and isinstance(other, base.Base)) or (
        one._get_params() == other._get_params()
    )
