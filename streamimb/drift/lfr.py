"""Drift of the four rates of a confusion matrix: LFR, with limits for streams of 1 % True labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streamimb._kernels import saved as check
from streamimb.drift.decayed_rate import DecayedRate
from streamimb.drift.detector import Detector
from streamimb.drift.prior_threshold import PriorThreshold, checked_odds_ratio, checked_scored
from streamimb.drift.raised import Raised
from streamimb.parameters import number
from streamimb.protocols import Reading

LOOK_AT = {
    "recall": "The share of hits among True events moved: look at missed events, and let the model relearn.",
    "specificity": "The share of correct False events moved: look at false alarms, and at new kinds of traffic.",
    "precision": "The share of True among events above the threshold moved: look at the base rate and at false alarms.",
    "negative predictive value": "The share of False below it moved: look at the base rate and at missed events.",
}
PARAMETERS = ("decay", "limit", "odds_ratio")
# Times the memory, so that it holds some 25 events of the rarer outcome at 1 %.
SLOWER = (1.0, 50.0, 5.0, 50.0)


class LFR(Detector):
    r"""Follows recall, specificity, precision and negative predictive value, each on the events that it concerns.

    A rate R is a decayed weighted mean: each event it concerns multiplies the sums before it by $\eta$. It is compared
    with its mean P since the start or the last alarm: alarm where $|R - P| > z \sqrt{P (1 - P) / n}$ with the effective
    size $n = (\sum w)^2 / \sum w^2$ of the decayed weights; $(1 + \eta) / (1 - \eta)$ where all are equal. With unequal
    weights $\eta$ is nearer to 1, so that as many effective events are remembered.

    The paper draws the bounds by Monte Carlo; normal ones at z standard deviations need no table. They need some events
    of the rarer outcome: precision has five times the memory of recall, specificity and negative predictive value fifty
    times. An event is predicted True where its odds are at least `odds_ratio` times those of the live prior. An alarm
    restarts all four.

    **Cost**: 6 µs per event; 28 floats and a class prior.

    Parameters
    ----------
    decay
        $\eta$ of recall and precision, per event that they concern; in (0, 1).
    limit
        z, above 0. Refitted on streams of 1 % True labels.
    odds_ratio
        The threshold's odds over the prior's, in [.001, 1e6].

    Raises
    ------
    ValueError
        Where a parameter is out of range, y is neither True nor False (or 1 or 0), p is not in [0, 1], or a weight is
        negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import drift
    >>> rng, detector = random.Random(1), drift.LFR()
    >>> for i in range(60_000):
    ...     y = rng.random() < 0.01
    ...     detector.update(y, rng.betavariate(2, 8) if y and i < 40_000 else rng.betavariate(1, 99))
    ...     if detector.drift_detected:
    ...         print(i, detector.alarm.name)
    ...         break
    40121 negative predictive value

    References
    ----------
    Wang, H. and Abraham, Z. (2015). Concept drift detection for streaming data. IJCNN.
    https://doi.org/10.1109/IJCNN.2015.7280398
    """

    watches = "labelled scores"
    kind = "lfr"
    look_at = LOOK_AT

    def __init__(self, decay: float = 0.98, limit: float = 4.5, odds_ratio: float = 3.0) -> None:
        self.decay = number("decay", decay, lambda eta: 0.0 < eta < 1.0, "a number in (0, 1), such as 0.98")
        self.limit = number("limit", limit, lambda z: 0.0 < z <= 1e6, "a number in (0, 1e6], such as 4.5")
        self.odds_ratio = checked_odds_ratio(odds_ratio)
        self._threshold = PriorThreshold(self.odds_ratio)
        self._rates = [DecayedRate(1.0 - (1.0 - self.decay) / slower) for slower in SLOWER]
        self._alarms = Raised(LOOK_AT)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"decay": 0.9, "limit": 4.0}

    def update(self, y: Any, p: float, w: float = 1.0) -> None:  # type: ignore[override]  # River's takes x
        """Take a label, the score that was served, and a weight."""
        y, w = checked_scored(y, p, w)
        if w == 0.0:
            return
        self._alarms.clear()
        said = self._threshold.take(y, p, w)
        if said is None:
            return
        right = float(said == bool(y))
        self._take(0 if y else 1, right, w)
        self._take(2 if said else 3, right, w)
        if self._alarms.now:
            for rate in self._rates:
                rate.forget()

    def _take(self, place: int, right: float, w: float) -> None:
        rate = self._rates[place]
        rate.add(right, w)
        if rate.memories < 2.0:
            return
        mean, recent = rate.mean, rate.recent
        sd = rate.deviation(mean)
        if abs(recent - mean) > self.limit * sd + 1e-9:
            self._alarms.add(list(LOOK_AT)[place], before=mean, after=recent, standard_deviation=sd)

    def _found(self) -> list[tuple[str, tuple[Any, ...], dict[str, float]]]:
        return self._alarms.now

    def _raised(self) -> Mapping[str, int]:
        return self._alarms.n

    def readings(self) -> Iterator[Reading]:
        """Return the alarms by name, and the four decayed rates."""
        yield from super().readings()
        rates = {name.replace(" ", "_"): rate.recent for name, rate in zip(LOOK_AT, self._rates, strict=True)}
        yield Reading("lfr_rate", "The four decayed rates of the confusion matrix.", rates, labels=("of",))

    def __getstate__(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in PARAMETERS},
            **self._threshold.state(),
            "_rates": [rate.state() for rate in self._rates],
            "_alarms": self._alarms.state(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = check.entries(state, *PARAMETERS, "_prior", "_left", "_rates", "_alarms")
        fresh = LFR(**{name: saved[name] for name in PARAMETERS})
        fresh._threshold.resume(saved)
        for rate, one in zip(fresh._rates, check.listed(saved, "_rates", len(SLOWER)), strict=True):
            rate.resume(one)
        fresh._alarms = Raised.resumed(LOOK_AT, saved["_alarms"])
        vars(self).update(vars(fresh))
