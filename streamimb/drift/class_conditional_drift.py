"""The default detector: which of the prior, the rare concept and the common concept moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streamimb._kernels.class_conditional import ClassConditional
from streamimb._kernels.saved import alike, entries
from streamimb.drift.detector import Detector
from streamimb.parameters import number, switch
from streamimb.protocols import Reading
from streamimb.stats.adwin import checked_delta

PARAMETERS = ("delta", "odds_ratio", "least_ratio", "expected")
NAMES = ("prior", "rare concept", "common concept")
LOOK_AT = {
    "prior": "The share of True labels changed: check thresholds and budgets, and whether labels are complete.",
    "rare concept": "True events score lower than before: look at missed events, and let the model relearn.",
    "common concept": "False events score higher than before: look at false alarms, and at new kinds of traffic.",
}


class ClassConditionalDrift(ClassConditional, Detector):  # type: ignore[misc]  # River's update takes x alone
    r"""Three adaptive windows whose alarm names what moved: the prior, the rare or the common concept.

    One `stats.ADWIN` follows each of: the label; of True events, how far they are hits; of False events, how far they
    are false alarms. With m the prior, an event is a hit or a false alarm by $o / (o + c)$, $o = \frac{p}{1 - p} /
    \frac{m}{1 - m}$: 1/2 at the threshold, c times the prior's odds, and smooth about it, which finds a change of
    scores in two thirds of the events that a step needs. The threshold follows the prior: m is the mean label when the
    label's window has about 50 labels of each class, and again so after an alarm of the prior, which restarts the
    other two windows. More hits and fewer false alarms raise no alarm.

    `update(y, p, w)` takes the label, P(True) as it was served, and the weight, as all detectors of labelled scores do.

    **Cost**: .3 µs per event; O(log n) buckets per window, at most 15 kB.

    Parameters
    ----------
    delta
        Bound on the probability of a false cut at each test of the label's window, in (0, 1); ten times as much for the
        other windows, which are tested less often. At .002 there was no alarm in 9 million quiet events, with base
        rates of .1, 1 and 10 %.
    odds_ratio
        c: the threshold's odds over the prior's, in [.001, 1e6].
    least_ratio
        The mean of the hits has to fall, or that of the false alarms to rise, by more than this factor for an alarm; in
        [1, 1e6]. Scores of a model that learns move by themselves: with `linear_model.LogisticRegression` at base rates
        of .3 to 2 % the false alarms rose by up to 1.6 while nothing changed. The service takes 2. Above 1, a smaller
        rise of the false alarms is an alarm too if within 10,000 labels scores prove too high: if the sum of
        $p (p - y)$, decayed with a half-life of 2,000 labels, exceeds 2.5 times its standard deviation where p is
        right. Any value above 1 has this test.
    expected
        Whether a prior that moves as the scores say is no alarm. A base rate that depends on the hour is an alarm twice
        a day; a model that knows the hour expects it. With it a move of the prior is an alarm if within 10,000 labels
        the sum of $y - p$, decayed alike, is off 0 by 4 times its standard deviation where p is right.

    Raises
    ------
    ValueError
        Where a parameter is out of range, y is neither True nor False (or 1 or 0), p is not in [0, 1], or a weight is
        negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import drift
    >>> rng, detector = random.Random(1), drift.ClassConditionalDrift()
    >>> for i in range(40_000):
    ...     y = rng.random() < (0.01 if i < 20_000 else 0.03)
    ...     detector.update(y, rng.betavariate(2, 20) if y else rng.betavariate(1, 99))
    ...     if detector.drift_detected:
    ...         print(i, detector.alarm.name, round(detector.alarm.evidence["after"], 3))
    21535 prior 0.028

    References
    ----------
    Bifet, A. and Gavaldà, R. (2007). Learning from time-changing data with adaptive windowing. SDM, 443-448.
    Wang, H. and Abraham, Z. (2015). Concept drift detection for streaming data. IJCNN: detectors on class-conditional
    rates.
    """

    watches = "labelled scores"
    kind = "class_conditional_drift"
    look_at = LOOK_AT

    def __init__(
        self, delta: float = 0.002, odds_ratio: float = 10.0, least_ratio: float = 1.0, expected: bool = False
    ) -> None:
        self.delta = checked_delta(delta)
        hint = "a number in [0.001, 1e6], such as 10"
        self.odds_ratio = number("odds_ratio", odds_ratio, lambda ratio: 1e-3 <= ratio <= 1e6, hint)
        hint = "a number in [1, 1e6], such as 2"
        self.least_ratio = number("least_ratio", least_ratio, lambda ratio: 1.0 <= ratio <= 1e6, hint)
        switch("expected", expected)
        self.expected = expected
        ClassConditional.__init__(self, self.delta, self.odds_ratio, self.least_ratio, self.expected)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"delta": 0.01, "odds_ratio": 3.0, "least_ratio": 1.5, "expected": True}

    def _found(self) -> Iterator[tuple[str, tuple[Any, ...], dict[str, float]]]:
        for i, name in enumerate(NAMES):
            if self.found & 1 << i:
                before, after, n = self.evidence(1 << i)
                yield name, (), {"before": before, "after": after, "window_n": n}

    def _raised(self) -> Mapping[str, int]:
        return dict(zip(NAMES, self.counts, strict=True))

    def readings(self) -> Iterator[Reading]:
        """Return the alarms by name, and the three followed shares."""
        yield from super().readings()
        levels = dict(zip(("prior", "hits", "false_alarms", "threshold"), self.levels, strict=True))
        yield Reading(
            "class_conditional_level",
            "Share of True labels, hits per True, false alarms per False, and the threshold of p.",
            levels,
            labels=("of",),
        )

    def __getstate__(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in PARAMETERS},
            "_windows": ClassConditional.__getstate__(self),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, *PARAMETERS, "_windows")
        given = {name: saved[name] for name in PARAMETERS}
        fresh = ClassConditional.__getstate__(ClassConditionalDrift(**given))
        alike(saved["_windows"], fresh, "odds_ratio", "least_ratio", "expected")
        for window in ("label", "hits", "false_alarms"):
            alike(saved["_windows"].get(window), fresh[window], "delta", "clock")
        ClassConditional.__setstate__(self, saved["_windows"])
        vars(self).update(given)
