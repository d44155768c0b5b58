"""Calibeating: the recent share of True among events for which a calibrator gives such an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.adapters import scaling_of
from streamimb._kernels.saved import entries
from streamimb._kernels.score_bins import ScoreBins
from streamimb.calibration.histogram import BINS, Bins, checked_half_life
from streamimb.calibration.inside import checked_calibrator
from streamimb.calibration.online_platt import OnlinePlatt
from streamimb.parameters import Part, word
from streamimb.protocols import Calibrator


class Calibeating(ScoreBins, Part):
    r"""Beat a calibrator: answer with the recent share of True where it gives such an answer.

    With q the answer of the calibrator and b its bin, $\bar q_b$ is the mean answer there, and $\bar y_b = (S_b + k\,
    \bar q_b) / (N_b + k)$ the share of True: $S_b$ positives and $N_b$ events, decayed, and $\bar q_b$ itself counted
    as one positive, $k = \min(1 / \bar q_b, 1000)$ events. Quantile bins shift the log-odds: the answer is
    $\sigma(\mathrm{logit}\, q + \mathrm{logit}\, \bar y_b - \mathrm{logit}\, \bar q_b)$, so the order of scores
    inside a bin is kept. Bins and memory are those of `Histogram`. It removes what the calibrator leaves, whatever its
    shape. The calibrator learns every event too.

    With `bins="fixed"` and `half_life=None` it is the published method ("tracking"), which answers with the share of
    True itself. Do not use fixed bins where positives are rare: almost all answers then fall into the first of ten
    bins, and get one probability.

    **Cost**: that of the calibrator, twice, and O(1) (80 ns to calibrate, 140 ns to learn); 12 kB.

    Parameters
    ----------
    calibrator
        The calibrator, a River object such as `calibration.Platt()`; it is used itself, not copied.
    bins
        "quantile": 20 bins of equal information. "fixed": ten bins of equal width.
    half_life
        Information, about positives, after which an event counts half; above 0. None: it never forgets.

    Raises
    ------
    ValueError
        Where a parameter is none of these, a score is outside [0, 1] or NaN, or a weight is negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import calibration
    >>> rng = random.Random(1)
    >>> calibeating = calibration.Calibeating(calibration.Platt())
    >>> for _ in range(20_000):  # what no scaling repairs: scores above .3 mean less
    ...     p = rng.random() * 0.6
    ...     calibeating.learn_one(p, rng.random() < (p if p < 0.3 else 0.1))
    >>> round(calibeating.calibrate_one(0.5), 1)
    0.1

    References
    ----------
    Foster, D. P. and Hart, S. (2023). Calibeating: Beating forecasters at their own game.
    https://doi.org/10.3982/TE5330. Gupta, C. and Ramdas, A. (2023). Online Platt Scaling with Calibeating.
    https://arxiv.org/abs/2305.00070. The memory and the bins of equal information are ours.
    """

    def __init__(
        self, calibrator: Calibrator, bins: Bins = "quantile", half_life: float | None = 300.0
    ) -> None:
        self.calibrator: Any = checked_calibrator(calibrator)
        self.bins, self.half_life = word("bins", bins, BINS), checked_half_life(half_life)
        ScoreBins.__init__(self, scaling_of(calibrator), self.bins == "fixed", self.half_life or 0.0)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"calibrator": OnlinePlatt()}
        yield {"calibrator": OnlinePlatt("zero"), "bins": "fixed", "half_life": None}

    @property
    def needs_x(self) -> bool:
        """Whether the calibrator gets the features of the event."""
        return bool(getattr(self.calibrator, "needs_x", False))

    def __getstate__(self) -> dict[str, Any]:
        return {
            "calibrator": self.calibrator,
            "bins": self.bins,
            "half_life": self.half_life,
            "learned": self._learned,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "calibrator", "bins", "half_life", "learned")
        fresh = Calibeating(saved["calibrator"], saved["bins"], saved["half_life"])  # checks them
        fresh._resume(saved["learned"])  # checks the rest
        ScoreBins.__init__(self, scaling_of(fresh.calibrator), fresh.bins == "fixed", fresh.half_life or 0.0)
        vars(self).update(calibrator=fresh.calibrator, bins=fresh.bins, half_life=fresh.half_life)
        self._resume(saved["learned"])
