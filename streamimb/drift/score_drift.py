"""A detector without labels: whether the served scores rose, fell, or changed their distribution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streamimb._kernels.saved import alike, entries
from streamimb._kernels.score_cusum import ScoreCusum
from streamimb.drift.detector import Detector
from streamimb.parameters import checked_half_life, number
from streamimb.protocols import Reading

PARAMETERS = ("half_life", "odds_ratio", "limit", "psi", "least_ratio")
NAMES = ("scores rose", "scores fell", "score distribution")
LOOK_AT = {
    "scores rose": "More events look like True ones: look at new traffic and at fields that changed; wait for labels.",
    "scores fell": "Fewer events look like True ones: look at missing fields and at a changed model; wait for labels.",
    "score distribution": "Scores have another shape at the same mean: look at fields that changed and at the model.",
}
REFERENCE = 10.0  # times the half-life of the present
FIXED = ("slow_fade", "fast_fade", "up", "limit", "least_ratio", "most_psi", "warm_n")


class ScoreDrift(ScoreCusum, Detector):
    r"""Compares the scores of now with those of before, without labels: a CUSUM of their mixture, and their PSI.

    Scores that are calibrated at a base rate m have the likelihood ratio $\ell(p) = \log(\frac{1 - m'}{1 - m} (1 - p) +
    \frac{m'}{m} p)$ between a base rate m' and m. m is the mean score with ten times the half-life; m' has k times, or
    1/k of, its odds. $S \leftarrow \max(0, S + w \ell(p))$ raises an alarm above `limit`. Whatever the distribution of
    the scores, $E e^{\ell} = 1$ at a mean of m, so that the mean time between false alarms of a side is at least
    $e^{limit}$ events.

    The population stability index $\sum (b - a) \log(b / a)$ over 20 bins of log-odds compares the same two memories at
    every 1,024th score. It is blind to the rare class: three times as many True events move it by .0005. An alarm makes
    the present the reference.

    **Cost**: .2 µs per event, 350 bytes.

    Parameters
    ----------
    half_life
        Events after which a score of the present counts half; above 0. There is no test in that many events after the
        start or an alarm.
    odds_ratio
        k, above 1 and at most 1000.
    limit
        Of the sums; above 0. 16: less than one false alarm in 8 million events of which each is independent.
    least_ratio
        The odds of the mean score have to move by this factor for an alarm of a sum; in [1, 1000]. Scores of a model
        that learns move by themselves, by up to 1.27 in quiet streams with base rates of .3 to 2 %, and a CUSUM finds
        that too. The service takes 1.5.
    psi
        The largest index without an alarm; above 0. Credit scoring takes .25 as a shift. In quiet streams of a model
        that learns it was up to .30, at a base rate of .2 %; the service takes .5.

    Raises
    ------
    ValueError
        Where a parameter is out of range, p is not in [0, 1], or a weight is negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import drift
    >>> rng, detector = random.Random(1), drift.ScoreDrift()
    >>> for i in range(30_000):
    ...     detector.update(rng.betavariate(1, 99 if i < 20_000 else 49))
    ...     if detector.drift_detected:
    ...         print(i, detector.alarm.name)
    21533 scores rose

    References
    ----------
    Page, E. S. (1954). Continuous inspection schemes. Biometrika 41, 100-115. https://doi.org/10.2307/2333009. The
    mixture is that of Saerens et al. (2002), https://doi.org/10.1162/089976602753284446.
    """

    watches = "scores"
    kind = "score_drift"
    look_at = LOOK_AT

    def __init__(
        self,
        half_life: float = 2_000,
        odds_ratio: float = 2.0,
        limit: float = 16.0,
        psi: float = 0.25,
        least_ratio: float = 1.0,
    ) -> None:
        self.half_life = checked_half_life(half_life)
        expected = "a number above 1 and at most 1000, such as 2"
        self.odds_ratio = number("odds_ratio", odds_ratio, lambda ratio: 1.0 < ratio <= 1e3, expected)
        self.limit = number(
            "limit", limit, lambda given: 0.0 < given <= 1e6, "a number in (0, 1e6], such as 16"
        )
        self.psi = number("psi", psi, lambda given: 0.0 < given <= 1e6, "a number in (0, 1e6], such as 0.25")
        expected = "a number in [1, 1000], such as 1.5"
        self.least_ratio = number("least_ratio", least_ratio, lambda ratio: 1.0 <= ratio <= 1e3, expected)
        slow, fast = REFERENCE * self.half_life, self.half_life
        ScoreCusum.__init__(self, slow, fast, self.odds_ratio, self.limit, self.psi, self.least_ratio)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 200, "limit": 10.0, "least_ratio": 1.2}

    def _found(self) -> Iterator[tuple[str, tuple[Any, ...], dict[str, float]]]:
        for i, name in enumerate(NAMES):
            if self.found & 1 << i:
                before, after = self.changed
                yield name, (), {"mean_before": before, "mean_after": after, "psi": self.sums[2]}

    def _raised(self) -> Mapping[str, int]:
        return dict(zip(NAMES, self.counts, strict=True))

    def readings(self) -> Iterator[Reading]:
        """Return the alarms by name, the mean scores, the sums and the PSI."""
        yield from super().readings()
        of = dict(zip(("reference", "present"), self.means, strict=True))
        yield Reading("score_mean", "Mean score of the reference and of now.", of, labels=("of",))
        rise, fall, psi = self.sums
        yield Reading(
            "score_cusum",
            "Sum of log likelihood ratios that scores rose or fell.",
            {"rise": rise, "fall": fall},
            labels=("of",),
        )
        yield Reading("score_psi", "Population stability index of the scores against their reference.", psi)

    def __getstate__(self) -> dict[str, Any]:
        given = {name: getattr(self, name) for name in PARAMETERS}
        return {**given, "_scores": ScoreCusum.__getstate__(self)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, *PARAMETERS, "_scores")
        given = {name: saved[name] for name in PARAMETERS}
        alike(saved["_scores"], ScoreCusum.__getstate__(ScoreDrift(**given)), *FIXED)
        ScoreCusum.__setstate__(self, saved["_scores"])
        vars(self).update(given)
