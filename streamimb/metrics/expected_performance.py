"""Performance before labels: what calibrated probabilities say is to come, checked against what came."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from streamimb._kernels.decayed_sums import DecayedSums
from streamimb._kernels.expected_sums import ExpectedSums
from streamimb._kernels.saved import alike, entries
from streamimb.metrics.equal_mass import weighted_wilson
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.metrics.river_metric import RiverMetric, metric_half_life, no_direction
from streamimb.parameters import number, refuse_other
from streamimb.protocols import Reading
from streamimb.stats.poisson_interval import Z95

SUMS = ("served", "labelled", "came")


class Performance(NamedTuple):
    """Positives (decayed) and their share of the events, precision and recall at the threshold, and cost per event.

    Each has its 95 % interval.
    """

    positives: Interval
    rate: Interval
    precision: Interval
    recall: Interval
    cost: Interval


NOTHING = Performance(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)


class ExpectedPerformance(ExpectedSums, RiverMetric):
    r"""What a threshold will turn out to have done, from probabilities alone, and what it did, as labels come.

    `serve(p)` takes an event when it is served, before its label: `expected()` is provisional, and right as far as
    the probabilities are. $\sum p$ is the expected number of positives, $\sum_{p \ge t} p / \sum_{p \ge t} 1$ the
    expected precision, $\sum_{p \ge t} p / \sum p$ the expected recall. The intervals are of independent events: the
    variance of a count is $\sum w^2 p(1-p)$. `update(y, p)` takes an event with its label: `measured()` is of these
    events, with Wilson's intervals, and `expected_of_labelled()` is what p let expect of the same events. `agreement()`
    returns by how many standard errors their positives, and those above the threshold, differ from that: within ±2 the
    provisional figures can be trusted, beyond ±4 they cannot. `serve_acted(p, acted)` and
    `update_acted(y, p, acted, w)` take in place of the threshold what a decision rule did, unchecked. `get` is the
    expected recall of what was served. `merge(other)` is this stream followed by the other's.

    **Cost**: O(1) time and memory per event.

    Parameters
    ----------
    threshold
        P(True) from which an event is reviewed; > 0 and < 1.
    miss, review
        Cost of a missed positive, and of a review; in [0, 1e15].
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.

    Raises
    ------
    ValueError
        A parameter is out of its range; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.ExpectedPerformance(threshold=0.1)
    >>> for _ in range(100):
    ...     metric.serve(0.01)
    ...     metric.serve(0.19)
    >>> round(metric.expected().precision.value, 2), round(metric.get(), 2)
    (0.19, 0.95)

    References
    ----------
    Białek et al. (2024), Estimating Model Performance Under Covariate Shift Without Labels, arXiv:2401.08348.
    """

    bigger_is_better = no_direction("it depends on the threshold; compare models by LogLoss or PRAUC")

    def __init__(
        self, threshold: float, miss: float = 1.0, review: float = 0.01, half_life: float = 20_000
    ) -> None:
        self.threshold = number("threshold", threshold, lambda p: 0.0 < p < 1.0, "a probability > 0 and < 1")
        self.miss = number("miss", miss, lambda cost: 0.0 <= cost <= 1e15, "a cost in [0, 1e15]")
        self.review = number("review", review, lambda cost: 0.0 <= cost <= 1e15, "a cost in [0, 1e15]")
        self.half_life = metric_half_life(half_life)
        self._begin_sums(self.threshold, *(DecayedSums(self.half_life) for _ in range(3)))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"threshold": 0.1}

    def get(self) -> float:
        """Return the expected recall of what was served, or of what was labelled where nothing was; nan before."""
        return self.expected().recall.value

    def expected(self) -> Performance:
        """Return what the probabilities served let expect: provisional, before labels.

        Where `serve` was not called, it is of the labelled events.
        """
        served, labelled, _ = self._sums_now()
        sums = served.sums()
        return self._performance(sums if sums[2] + sums[3] > 0.0 else labelled.sums())

    def expected_of_labelled(self) -> Performance:
        """Return what the probabilities let expect of the events whose label came: to be compared with `measured`."""
        return self._performance(self._sums_now()[1].sums())

    def measured(self) -> Performance:
        """Return what came of the labelled events; its intervals are Wilson's, of shares of weighted events."""
        a, b, up, down, a2, b2, up2, down2 = self._sums_now()[2].sums()
        total, all2 = up + down, up2 + down2
        if not total > 0.0:
            return NOTHING
        rate = weighted_wilson((a + b, a2 + b2), (total, all2))
        missed = weighted_wilson((b, b2), (total, all2))
        review = self.review * (up / total)
        return Performance(
            Interval(*(total * end for end in rate)),
            rate,
            weighted_wilson((a, a2), (up, up2)),
            weighted_wilson((a, a2), (a + b, a2 + b2)),
            Interval(*(self.miss * end + review for end in missed)),
        )

    def agreement(self) -> tuple[float, float]:
        """Return (came - expected) in standard errors of the labelled events: all positives, those above the threshold.

        nan where nothing was expected to vary.
        """
        _, labelled, came = self._sums_now()
        a, b, _, _, va, vb, _, _ = labelled.sums()
        found_a, found_b, *_ = came.sums()
        return (
            (found_a + found_b - a - b) / math.sqrt(va + vb) if va + vb > 0.0 else math.nan,
            (found_a - a) / math.sqrt(va) if va > 0.0 else math.nan,
        )

    def _performance(self, sums: tuple[float, ...]) -> Performance:
        a, b, up, down, va, vb, _, _ = sums
        total = up + down
        if not total > 0.0:
            return NOTHING
        recall = UNKNOWN
        if a + b > 0.0:
            of_a, of_b = a / (a + b), b / (a + b)  # parts, because the square of a large sum overflows
            recall = _within(of_a, math.sqrt(of_b * of_b * va + of_a * of_a * vb) / (a + b), 1.0)
        return Performance(
            _within(a + b, math.sqrt(va + vb), math.inf),
            _within((a + b) / total, math.sqrt(va + vb) / total, 1.0),
            _within(a / up, math.sqrt(va) / up, 1.0) if up > 0.0 else UNKNOWN,
            recall,
            _within((self.miss * b + self.review * up) / total, self.miss * math.sqrt(vb) / total, math.inf),
        )

    def merge(self, other: ExpectedPerformance) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, *self._names())
        for sums, more in zip(self._sums_now(), other._sums_now(), strict=True):
            sums.append(more)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        sides = {
            "expected": self.expected(),
            "labelled": self.expected_of_labelled(),
            "measured": self.measured(),
        }
        helps = {
            "rate": "Positives per event",
            "precision": "Precision at the threshold",
            "recall": "Recall at the threshold",
            "cost": "Cost per event",
        }
        for name, text in helps.items():
            value = {side: getattr(found, name)._asdict() for side, found in sides.items()}
            help = f"{text}: expected of all events (provisional) and of labelled ones, and measured; 95 % intervals."
            yield Reading(f"provisional_{name}", help, value, labels=("side", "bound"))
        everything, alerts = self.agreement()
        yield Reading(
            "provisional_error",
            "What came minus what was expected, in standard errors.",
            {"positives": everything, "alerts": alerts},
            labels=("of",),
        )

    def __getstate__(self) -> dict[str, Any]:
        parameters = {name: getattr(self, name) for name in self._names()}
        sums = zip(SUMS, self._sums_now(), strict=True)
        return {**parameters, **{name: each.__getstate__() for name, each in sums}}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, *self._names(), *SUMS)
        given = {name: saved[name] for name in self._names()}
        fresh = ExpectedPerformance(**given)
        for name, sums in zip(SUMS, fresh._sums_now(), strict=True):
            alike(saved[name], sums.__getstate__(), "fade")
            sums.__setstate__(saved[name])
        self._begin_sums(fresh.threshold, *fresh._sums_now())
        vars(self).update(given)


def _within(value: float, error: float, most: float) -> Interval:
    return Interval(value, max(0.0, value - Z95 * error), min(most, value + Z95 * error))
