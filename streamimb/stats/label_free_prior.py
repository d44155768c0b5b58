"""An estimate of the class prior from calibrated scores alone, for while labels are missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.label_free import LabelFree
from streamimb._kernels.saved import entries, refused
from streamimb._kernels.saved import number as saved_number
from streamimb.parameters import Part, number

EDGE = 1e-9
MOST_INFORMATION = 1e18  # of a score, as in the kernel
NUMBERS = ("_reference", "_estimate", "_n", "_information")


class LabelFreePrior(LabelFree, Part):
    r"""The prior by maximum likelihood on a window of calibrated scores, without labels.

    A score that is calibrated at a prior m has the likelihood ratio $L = \frac{p}{1-p} / \frac{m}{1-m}$. With $\pi$
    the estimate, $s = (L - 1) / (1 - \pi + \pi L)$ is the slope of its log likelihood; $I \leftarrow I + \gamma (s^2 -
    I)$ and $\pi \leftarrow \pi + \gamma s / I$, $\gamma = \max(1/(t + 100), 1/window)$. Saerens' EM has the same fixed
    point and reaches it more slowly by the share of information that labels would add, 10 to 100 times where classes
    overlap. m is the reference: set `refer(m)` whenever the prior of the served scores moves. The estimate is
    provisional, for while labels are late: it is never further from m than a factor of 10 in odds, it needs scores
    that are calibrated (over-confident ones say .055 where the truth is .020), and below 1 % it is for tracking only.
    Do not lower a threshold by it: scores also fall where a field is missing.

    **Cost**: .1 µs per score; four floats.

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
        of_a_label = 1.0 / (self.prior * (1.0 - self.prior))  # the most information that a score can have
        self._begin(self.window, self.prior, self.prior, 0.0, of_a_label)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"prior": 0.1, "window": 200}

    def refer(self, prior: float) -> None:
        """Set the prior at which further scores are calibrated; raises ValueError where it is not in (0, 1)."""
        self._refer_to(_checked_prior(prior))

    def __getstate__(self) -> dict[str, Any]:
        numbers = zip(NUMBERS, self._numbers(), strict=True)
        return {"prior": self.prior, "window": self.window, **dict(numbers)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "prior", "window", *NUMBERS)
        fresh = LabelFreePrior(saved["prior"], saved["window"])
        reference = saved_number(saved, "_reference", 0.0, 1.0)
        estimate = saved_number(saved, "_estimate", EDGE, 1.0 - EDGE)
        n = saved_number(saved, "_n", 0.0, fresh.window)
        information = saved_number(saved, "_information", 0.0, MOST_INFORMATION)
        if not 0.0 < reference < 1.0:
            raise refused("_reference", "a number in (0, 1)")
        self._begin(fresh.window, reference, estimate, n, information)
        vars(self).update(prior=fresh.prior, window=fresh.window)


def _checked_prior(value: Any) -> float:
    return number("prior", value, lambda m: EDGE <= m <= 1.0 - EDGE, "P(True), a number in (0, 1)")
