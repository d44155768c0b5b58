"""Calibration slope and intercept: a logistic regression of the class on the log-odds served, decayed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from streamimb._kernels.limits import EDGE
from streamimb.metrics.ranked_metric import Cells, Numbers, RankedMetric
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.metrics.river_metric import no_direction
from streamimb.protocols import Reading
from streamimb.stats.poisson_interval import Z95

STEPS = 100  # of Newton's method, at most
FLAT = 1e-10  # share of the weight added to the diagonal of the information


def fitted(design: Numbers, offset: Numbers, cells: Cells) -> tuple[Numbers, Numbers]:
    """Return coefficients and standard errors of P(True) = sigmoid(design @ coefficients + offset), weighted.

    Newton's method with halved steps; the standard errors are of the sandwich form, so that weights count by their
    squares, as they do for any mean of weighted events.

    **Cost**: O(n) for each of at most 100 steps, usually fewer than 10.
    """
    weight = cells.weight()
    beta = np.zeros(design.shape[1])

    def loss(at: Numbers) -> float:
        z = design @ at + offset
        return float(cells.pos @ np.logaddexp(0.0, -z) + cells.neg @ np.logaddexp(0.0, z))

    def information(q: Numbers) -> Numbers:
        inner = design.T @ (design * (weight * q * (1.0 - q))[:, None])
        return np.asarray(inner + FLAT * weight.sum() * np.eye(len(beta)))

    now = loss(beta)
    for _ in range(STEPS):
        q = 1.0 / (1.0 + np.exp(-np.clip(design @ beta + offset, -700.0, 700.0)))
        step = np.linalg.solve(information(q), design.T @ (cells.pos - weight * q))
        size = 1.0
        while size > 1e-6 and not (after := loss(beta + size * step)) <= now * (1.0 + 1e-13):
            size *= 0.5
        if size <= 1e-6:
            break
        beta, moved, now = beta + size * step, float(np.abs(size * step).max()), after
        if moved < 1e-10:
            break
    q = 1.0 / (1.0 + np.exp(-np.clip(design @ beta + offset, -700.0, 700.0)))
    spread = cells.pos2 * (1.0 - q) ** 2 + cells.neg2 * q**2
    back = np.linalg.inv(information(q))
    covariance = back @ (design.T @ (design * spread[:, None])) @ back
    return beta, np.sqrt(np.diag(covariance))


class CalibrationSlope(RankedMetric):
    r"""Slope b of $P(y) = \sigma(a + b\,\mathrm{logit}\,p)$ with its 95 % interval: 1 is right, below 1 too extreme.

    `intercept()` is a at slope 1, calibration in the large on the log-odds: above 0, the probabilities are too low.
    p counts as at least $10^{-12}$ and at most $1 - 10^{-12}$. `merge(other)` is this stream followed by the other's.

    **Cost**: O(1) amortised per event; a `get` fits the regression on at most 4,096 cells of 48 bytes: about 2 ms.

    Parameters
    ----------
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.

    Raises
    ------
    ValueError
        `half_life` is not > 0; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.CalibrationSlope()
    >>> for i in range(3000):
    ...     p = 0.1 if i % 2 else 0.3
    ...     metric.update(i % 20 in (1, 0, 2, 4), p)
    >>> round(metric.get(), 1), abs(round(metric.intercept().value, 1))
    (1.0, 0.0)

    References
    ----------
    Cox (1958), Two Further Applications of a Model for Binary Regression, doi:10.2307/2333203.
    """

    bigger_is_better = no_direction("the best is 1; compare models by LogLoss or ECE")

    def get(self) -> float:
        """Return the slope; nan until both classes and two scores were seen, inf where scores separate the classes."""
        return self.interval().value

    def interval(self) -> Interval:
        """Return the slope with its 95 % interval, which is all numbers where the scores separate the classes."""
        cells = self.ranking()
        if not cells.both() or len(cells.score) < 2:
            return UNKNOWN
        of_pos, of_neg = cells.score[cells.pos > 0.0], cells.score[cells.neg > 0.0]
        if of_pos[0] >= of_neg[-1] or of_pos[-1] <= of_neg[0]:  # scores are sorted
            return Interval(math.inf if of_pos[0] >= of_neg[-1] else -math.inf, -math.inf, math.inf)
        z = logit(cells.score)
        return _with_ends(*fitted(np.column_stack((z, np.ones_like(z))), np.zeros_like(z), cells))

    def intercept(self) -> Interval:
        """Return the intercept at slope 1 with its 95 % interval; nan until both classes were seen."""
        cells = self.ranking()
        if not cells.both():
            return UNKNOWN
        z = logit(cells.score)
        return _with_ends(*fitted(np.ones((len(z), 1)), z, cells))

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield self.interval().reading(
            "calibration_slope", "Slope of the class on the log-odds served; 1 is right."
        )
        yield self.intercept().reading(
            "calibration_intercept", "Log-odds missing from what was served; 0 is right."
        )


def logit(p: Numbers) -> Numbers:
    """Return the log-odds of probabilities, which count as at least 1e-12 and at most 1 - 1e-12.

    **Cost**: O(n).

    Examples
    --------
    >>> float(round(logit(np.array([0.5]))[0], 1))
    0.0
    """
    kept = np.clip(p, EDGE, 1.0 - EDGE)
    return np.asarray(np.log(kept) - np.log1p(-kept))


def _with_ends(beta: Numbers, error: Numbers) -> Interval:
    value, half = float(beta[0]), Z95 * float(error[0])
    return Interval(value, value - half, value + half) if math.isfinite(half) else UNKNOWN
