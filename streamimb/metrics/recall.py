"""Recall of each class, decayed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from streamimb._kernels.answer import is_label
from streamimb.metrics.confusion_interval import Confusion, Slopes
from streamimb.metrics.confusion_metric import ConfusionMetric, ratio, unknown
from streamimb.metrics.equal_mass import weighted_wilson
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.parameters import refuse
from streamimb.protocols import Reading

POSITIVE = "a label: True or False, a string or an integer; or None: the mean of all classes"


def checked_positive(value: Any) -> Any:
    """Return the label whose metric it is, or None; refuse what is no label."""
    if value is not None and not is_label(value):
        refuse("positive", value, POSITIVE)
    return value


class Recall(ConfusionMetric):
    r"""Share of the events of a class that were predicted as that class, with Wilson's 95 % interval; of each class.

    `get` is the recall of `positive`, or the mean over the classes that came (balanced accuracy); `by_class()` and the
    readings have each. The number of events in the interval is that at which a share of events of weight 1 has the
    variance of this one, $\sum w^2 (h - R)^2/(\sum w)^2$ with h = 1 for a hit. The interval of the mean is by the delta
    method. `merge(other)` is this stream followed by the other's.

    **Cost**: O(1) per event, 66 kB.

    Parameters
    ----------
    positive
        Label of the class, or None: the mean over all classes.
    threshold
        P(True) from which an event counts as predicted True; > 0 and < 1. None: `y_pred` is a label.
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.

    Raises
    ------
    ValueError
        A parameter is out of its range; `y_pred` is not what is expected; a weight is negative or not finite; there
        are more than 64 classes.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.Recall(threshold=0.02)
    >>> for p, y in [(0.03, True), (0.01, True), (0.01, False), (0.02, False)]:
    ...     metric.update(y, p)
    >>> round(metric.get(), 2)
    0.5
    """

    bigger_is_better = True

    def __init__(
        self, positive: Any = True, threshold: float | None = None, half_life: float = 20_000
    ) -> None:
        ConfusionMetric.__init__(self, threshold, half_life)
        self.positive = checked_positive(positive)

    def _slopes(self, found: Confusion) -> Slopes:
        weights, came = found.weights, found.came
        total = weights.sum(axis=1)
        recalls = ratio(np.diag(weights), total)
        if not came.any():
            return unknown(weights)
        with np.errstate(invalid="ignore", divide="ignore"):
            slopes = np.where(came[:, None], (np.eye(len(total)) - recalls[:, None]) / total[:, None], 0.0)
        return Slopes(float(recalls[came].mean()), slopes / int(came.sum()))

    def get(self) -> float:
        """Return the recall; nan before the first event of the class."""
        return self.interval().value

    def interval(self) -> Interval:
        """Return the recall with its 95 % interval; nan before the first event of the class."""
        if self.positive is not None:
            return self.by_class().get(self.positive, UNKNOWN)
        return ConfusionMetric.interval(self)

    def by_class(self) -> dict[Any, Interval]:
        """Return the recall of each class that came, with its 95 % interval.

        **Cost**: O(K²) with K classes.
        """
        classes, weights, squares, _ = self.confusion()
        total, total2 = weights.sum(axis=1).tolist(), squares.sum(axis=1).tolist()
        hits, hits2 = np.diag(weights).tolist(), np.diag(squares).tolist()
        return {
            label: weighted_wilson((hits[i], hits2[i]), (total[i], total2[i]))
            for i, label in enumerate(classes)
            if total2[i] > 0.0
        }

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        value = {str(label): found._asdict() for label, found in self.by_class().items()}
        yield Reading(
            "recall",
            "Share of each class that was predicted as it. With its 95 % interval.",
            value,
            labels=("class", "bound"),
        )
