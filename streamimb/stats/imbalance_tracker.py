"""How imbalanced a stream is: class sizes, their ratio, its trend, and a word for it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.answer import label_of
from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.saved import entries, labels, listed, refused, row
from streamimb.parameters import Part, checked_half_life
from streamimb.protocols import Label, Reading

SLOWER = 8.0  # times the half-life, of the memory that the trend is measured against
MOST_LABELS = 200  # of one tracker, and of one reading
LARGEST_UNIT = 1e100
TREND_Z = 3.0  # standard errors
STATUS = ((1.5, "balanced"), (10.0, "moderate"), (100.0, "severe"), (math.inf, "extreme"))  # up to this ratio


class ImbalanceTracker(Part):
    r"""Follows the imbalance of a stream: the size of each class, the imbalance ratio, its trend and its status.

    The size of a class is its decayed share, $S_k \leftarrow \lambda S_k + w 1\{y = k\}$ over the sum of all, as in OOB
    and UOB; the imbalance ratio is the largest size over the smallest. The trend is the natural logarithm of the ratio
    over that of a memory eight times as long, in which the classes are the same; it is "rising" or "falling" beyond
    three standard errors, which count the smallest class as Poisson. The status is "balanced" up to a ratio of 1.5,
    "moderate" up to 10, "severe" up to 100, "extreme" above, and "unknown" before two classes came.

    There is no merge, because a label that is too many replaces the smallest class.

    **Cost**: 1.5 µs per label; two floats per class, of at most 200 classes.

    Parameters
    ----------
    half_life
        Labels after which one counts half; above 0. The default is that of $\theta = .9997$; with the usual .9 of OOB,
        sizes of a class of 1 % are noise.

    Raises
    ------
    ValueError
        Where `half_life` is out of range, a weight is negative or not finite, or a label is None or NaN.

    Examples
    --------
    >>> from streamimb import stats
    >>> tracker = stats.ImbalanceTracker()
    >>> for i in range(20_000):
    ...     tracker.update(i % (100 if i < 18_000 else 10) == 0)
    >>> round(tracker.ratio), tracker.status, tracker.trend
    (17, 'severe', 'falling')

    References
    ----------
    Wang, S., Minku, L. L. and Yao, X. (2015). Resampling-based ensemble methods for online class imbalance learning.
    IEEE TKDE 27. https://doi.org/10.1109/TKDE.2014.2345380: sizes by decay. Status and trend are ours.
    """

    def __init__(self, half_life: float = 2_000) -> None:
        self.half_life = checked_half_life(half_life)
        self._step = [2.0 ** min(300.0, 1.0 / each) for each in (self.half_life, SLOWER * self.half_life)]
        self._unit = [1.0, 1.0]  # weight of a new label, in the short memory and in the long one
        self._sums: dict[Label, list[float]] = {}

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 50}

    def update(self, y: Label, w: float = 1.0) -> None:
        """Count a label of weight w."""
        y, w = label_of(y), checked_weight(w)
        if w == 0.0:
            return
        sums = self._sums.get(y)
        if sums is None:
            if len(self._sums) >= MOST_LABELS:
                del self._sums[min(self._sums, key=lambda label: self._sums[label][1])]
            sums = self._sums[y] = [0.0, 0.0]
        for place in (0, 1):
            # The weight of a label rises, instead of all classes fading at each.
            self._unit[place] *= self._step[place]
            sums[place] += w * self._unit[place]
            if self._unit[place] > LARGEST_UNIT:
                for each in self._sums.values():
                    each[place] /= self._unit[place]
                self._unit[place] = 1.0

    def _sizes(self, place: int) -> dict[Label, float]:
        total = math.fsum(sums[place] for sums in self._sums.values())
        return {label: sums[place] / total if total > 0.0 else 0.0 for label, sums in self._sums.items()}

    def get(self) -> dict[Label, float]:
        """Return the size of each class: decayed shares, which sum to 1."""
        return self._sizes(0)

    @property
    def ratio(self) -> float:
        """The largest size over the smallest; nan before two classes came."""
        return _ratio(self.get())

    @property
    def status(self) -> str:
        """One of "balanced", "moderate", "severe" or "extreme"; "unknown" before two classes came."""
        ratio = self.ratio
        return "unknown" if math.isnan(ratio) else next(name for most, name in STATUS if ratio <= most)

    @property
    def log_trend(self) -> tuple[float, float]:
        """The logarithm of the present ratio over that of the long memory, and its standard error; nan at first."""
        short, long = _ratio(self._sizes(0)), _ratio(self._sizes(1))
        if not (0.0 < short < math.inf and 0.0 < long < math.inf):
            return math.nan, math.nan
        # A decayed sum S of Poisson counts has the variance S / 2.
        least = [min(sums[i] for sums in self._sums.values()) / self._unit[i] for i in (0, 1)]
        return math.log(short / long), math.sqrt(math.fsum(0.5 / max(1e-12, one) for one in least))

    @property
    def trend(self) -> str:
        """Either "rising" or "falling" where the imbalance ratio moves by three standard errors, else "steady"."""
        moved, error = self.log_trend
        if math.isnan(moved) or abs(moved) <= TREND_Z * error:
            return "steady"
        return "rising" if moved > 0.0 else "falling"

    def readings(self) -> Iterator[Reading]:
        """Return the imbalance ratio, its trend and the number of classes."""
        yield Reading("imbalance_ratio", "Size of the largest class over that of the smallest.", self.ratio)
        help = "Logarithm of the imbalance ratio over that of a memory eight times as long."
        yield Reading("imbalance_log_trend", help, self.log_trend[0])
        yield Reading("imbalance_classes", "Classes that are followed.", float(len(self._sums)))

    def __getstate__(self) -> dict[str, Any]:
        return {
            "half_life": self.half_life,
            "_unit": list(self._unit),
            "_labels": list(self._sums),
            "_sums": [list(sums) for sums in self._sums.values()],
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "half_life", "_unit", "_labels", "_sums")
        fresh = ImbalanceTracker(saved["half_life"])
        unit = row(saved, "_unit", 2, 1.0, LARGEST_UNIT)
        names = labels(saved, "_labels")
        sums = [row({"_sums": one}, "_sums", 2, 0.0, 1e130) for one in listed(saved, "_sums", len(names))]
        if len(names) > MOST_LABELS:
            raise refused("_labels", f"at most {MOST_LABELS} labels")
        fresh._unit, fresh._sums = unit, dict(zip(names, sums, strict=True))
        vars(self).update(vars(fresh))


def _ratio(sizes: dict[Label, float]) -> float:
    if len(sizes) < 2:
        return math.nan
    least = min(sizes.values())
    return max(sizes.values()) / least if least > 0.0 else math.inf
