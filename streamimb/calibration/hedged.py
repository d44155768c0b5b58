"""A calibrator with a randomised game for each bin of its answers, calibrated on any sequence of labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from streamimb._kernels.adapters import scaling_of
from streamimb._kernels.hedging import Hedging
from streamimb._kernels.saved import entries
from streamimb.calibration.inside import checked_calibrator
from streamimb.calibration.online_platt import OnlinePlatt
from streamimb.parameters import Part, checked_seed, word
from streamimb.protocols import Calibrator

Scale = Literal["logit", "even"]
SCALES = ("logit", "even")


class Hedged(Hedging, Part):
    r"""Hedge a calibrator: for each bin of its answers a randomised game, calibrated for any sequence of labels.

    Each bin answers with one of m levels. $\bar y_i$ is the mean of the labels that came while level i was the answer;
    the level in $[l_i, r_i]$ has a deficit $d_i = l_i - \bar y_i$ and an excess $e_i = \bar y_i - r_i$. The bin plays
    the level with no deficit and no excess that is nearest to the current one; where there is none, there are
    neighbours with $e_i > 0$ and $d_{i+1} > 0$, and it plays i with probability $d_{i+1} / (d_{i+1} + e_i)$. Whatever
    the labels, the calibration error falls to half a level. It forgets nothing, and costs precision: prefer
    `Calibeating` unless an adversary chooses the events.

    The draw is made when a label is learned, and stored, so `calibrate_one` is pure. The next answer of a bin can
    therefore be predicted from the last one.

    **Cost**: that of the calibrator, twice, and O(m) (80 ns to calibrate, 150 ns to learn); 4 or 28 kB.

    Parameters
    ----------
    calibrator
        The calibrator, a River object such as `calibration.Platt()`; it is used itself, not copied.
    scale
        "logit": 40 bins and 40 levels of equal width in log-odds from -10 to 10; a level counts as four positives for
        itself, so that a few labels do not move a bin far. "even": ten bins and ten levels of equal width in [0, 1], as
        published, for classes that are not rare.
    seed
        Of the draws.

    Raises
    ------
    ValueError
        Where a parameter has another value, a score is outside [0, 1] or NaN, or a weight is negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import calibration
    >>> rng = random.Random(1)
    >>> hedged = calibration.Hedged(calibration.Platt(), seed=1)
    >>> for _ in range(20_000):  # scores that are twenty times too high in odds
    ...     p = rng.random() * 0.1
    ...     hedged.learn_one(20 * p / (1 + 19 * p), rng.random() < p)
    >>> round(hedged.calibrate_one(20 * 0.05 / (1 + 19 * 0.05)), 2)
    0.04

    References
    ----------
    Foster, D. P. (1999). A Proof of Calibration via Blackwell's Approachability Theorem.
    https://doi.org/10.1006/game.1999.0719. Gupta, C. and Ramdas, A. (2023). Online Platt Scaling with Calibeating.
    https://arxiv.org/abs/2305.00070. The scale of log-odds is ours.
    """

    def __init__(self, calibrator: Calibrator, scale: Scale = "logit", seed: int = 0) -> None:
        self.calibrator: Any = checked_calibrator(calibrator)
        self.scale, self.seed = word("scale", scale, SCALES), checked_seed(seed)
        Hedging.__init__(self, scaling_of(calibrator), self.scale == "even", self.seed)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"calibrator": OnlinePlatt(), "seed": 1}
        yield {"calibrator": OnlinePlatt("zero"), "scale": "even"}

    @property
    def needs_x(self) -> bool:
        """Whether the calibrator gets the features of the event."""
        return bool(getattr(self.calibrator, "needs_x", False))

    def __getstate__(self) -> dict[str, Any]:
        return {
            "calibrator": self.calibrator,
            "scale": self.scale,
            "seed": self.seed,
            "learned": self._learned,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "calibrator", "scale", "seed", "learned")
        fresh = Hedged(saved["calibrator"], saved["scale"], saved["seed"])  # checks them
        fresh._resume(saved["learned"])  # checks the rest
        Hedging.__init__(self, scaling_of(fresh.calibrator), fresh.scale == "even", fresh.seed)
        vars(self).update(calibrator=fresh.calibrator, scale=fresh.scale, seed=fresh.seed)
        self._resume(saved["learned"])
