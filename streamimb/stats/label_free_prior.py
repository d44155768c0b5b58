"""An estimate of the class prior from calibrated scores alone, for while labels are missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.saved import entries, refused
from streamimb._kernels.saved import number as saved_number
from streamimb.parameters import Part, number

EDGE = 1e-9
LEAST_INFORMATION, MOST_INFORMATION = 1e-3, 1e18  # of a score
MOST_SHIFT = 10.0  # of the odds, from those of the reference


class LabelFreePrior(Part):
    r"""The prior by maximum likelihood on a window of calibrated scores, without labels.

    A score that is calibrated at a prior m has the likelihood ratio $L = \frac{p}{1-p} / \frac{m}{1-m}$. With $\pi$
    the estimate, $s = (L - 1) / (1 - \pi + \pi L)$ is the slope of its log likelihood; $I \leftarrow I + \gamma (s^2 -
    I)$ and $\pi \leftarrow \pi + \gamma s / I$, $\gamma = \max(1/(t + 100), 1/window)$. Saerens' EM has the same fixed
    point and reaches it more slowly by the share of information that labels would add, 10 to 100 times where classes
    overlap. m is the reference: set `refer(m)` whenever the prior of the served scores moves. The estimate is
    provisional, for while labels are late: it is never further from m than a factor of 10 in odds, it needs scores
    that are calibrated (over-confident ones say .055 where the truth is .020), and below 1 % it is for tracking only.
    Do not lower a threshold by it: scores also fall where a field is missing.

    **Cost**: .7 µs per score; four floats.

    Parameters
    ----------
    prior
        The reference m until `refer` is called; in (0, 1).
    window
        Scores that the estimate remembers, at least 100.

    Raises
    ------
    ValueError
        Where a parameter is out of range, p is not in [0, 1], or a weight is negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import stats
    >>> rng, estimate = random.Random(1), stats.LabelFreePrior(prior=0.05)
    >>> for _ in range(20_000):  # scores calibrated at 5 %, of a stream with 20 %
    ...     positive = rng.random() < 0.2
    ...     estimate.update(rng.betavariate(2, 19) if positive else rng.betavariate(1, 20))
    >>> round(estimate.get(), 2)
    0.2

    References
    ----------
    Saerens, M., Latinne, P. and Decaestecker, C. (2002). Adjusting the outputs of a classifier to new a priori
    probabilities. Neural Computation 14. https://doi.org/10.1162/089976602753284446. The window is ours.
    """

    def __init__(self, prior: float = 0.05, window: float = 3_000) -> None:
        self.prior = _checked_prior(prior)
        self.window = number(
            "window", window, lambda n: n >= 100.0, "a finite number of scores, at least 100"
        )
        self._reference = self._estimate = self.prior
        self._n = 0.0
        self._information = 1.0 / (
            self.prior * (1.0 - self.prior)
        )  # of a label, the most that a score can have

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"prior": 0.1, "window": 200}

    def refer(self, prior: float) -> None:
        """Set the prior at which further scores are calibrated; raises ValueError where it is not in (0, 1)."""
        self._reference = _checked_prior(prior)

    def update(self, p: float, w: float = 1.0) -> None:
        """Take a calibrated score of weight w."""
        if not 0.0 <= p <= 1.0:
            raise ValueError("p: expected P(True), a number in [0, 1]")
        w = checked_weight(w)
        if w == 0.0:
            return
        p, m, estimate = min(1.0 - EDGE, max(EDGE, float(p))), self._reference, self._estimate
        likelihood = p / (1.0 - p) * (1.0 - m) / m
        slope = (likelihood - 1.0) / (1.0 - estimate + estimate * likelihood)
        self._n = min(self.window, self._n + w)
        step = min(1.0, w * max(1.0 / (self._n + 100.0), 1.0 / self.window))
        self._information += step * (min(MOST_INFORMATION, slope * slope) - self._information)
        moved = estimate + step * slope / max(LEAST_INFORMATION, self._information)
        # One score changes the estimate by a factor of 2 at most.
        moved = max(0.5 * estimate, min(2.0 * estimate, 0.5 + 0.5 * estimate, moved))
        self._estimate = self._bounded(moved)

    def get(self) -> float:
        """Return the estimate, within a factor of 10 of the reference's odds."""
        return self._bounded(self._estimate)

    def _bounded(self, estimate: float) -> float:
        m = self._reference
        odds = estimate / (1.0 - estimate) * (1.0 - m) / m
        bounded = min(MOST_SHIFT, max(1.0 / MOST_SHIFT, odds)) * m / (1.0 - m)
        return bounded / (1.0 + bounded)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "prior": self.prior,
            "window": self.window,
            "_reference": self._reference,
            "_estimate": self._estimate,
            "_n": self._n,
            "_information": self._information,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "prior", "window", "_reference", "_estimate", "_n", "_information")
        fresh = LabelFreePrior(saved["prior"], saved["window"])
        fresh._reference = saved_number(saved, "_reference", 0.0, 1.0)
        fresh._estimate = saved_number(saved, "_estimate", EDGE, 1.0 - EDGE)
        fresh._n = saved_number(saved, "_n", 0.0, fresh.window)
        fresh._information = saved_number(saved, "_information", 0.0, MOST_INFORMATION)
        if not 0.0 < fresh._reference < 1.0:
            raise refused("_reference", "a number in (0, 1)")
        vars(self).update(vars(fresh))


def _checked_prior(value: Any) -> float:
    return number("prior", value, lambda m: EDGE <= m <= 1.0 - EDGE, "P(True), a number in (0, 1)")
