"""95 % intervals of statistics of a confusion matrix, by the delta method on a smoothed matrix. Pure functions."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streamimb.metrics.ratio_interval import Interval
from streamimb.stats.poisson_interval import Z95

Numbers = NDArray[np.float64]


class Confusion(NamedTuple):
    """Classes in the order in which they were met; weights and their squares by true (rows) and predicted class."""

    classes: list[Any]
    weights: Numbers
    squares: Numbers
    came: NDArray[np.bool_]  # whether an event was of the class; others were only predicted


class Slopes(NamedTuple):
    """A statistic of a confusion matrix, nan where it is not known, and its derivatives by the weight of each cell."""

    value: float
    by_cell: Numbers


def smoothed(found: Confusion) -> Confusion:
    """Return the matrix with one more event in each class that was met, spread evenly over the predicted classes.

    It weighs as the events of its cell do in the mean, in an empty cell as those of its class, in a class without
    events as all events. So no cell that an event could fall into is empty, and the variance that a statistic has by it
    is not 0. One class alone gets a second one, without such an event.

    **Cost**: O(K²) with K classes.
    """
    classes, weights, squares, came = found
    if len(classes) == 1:
        more = ((0, 1), (0, 1))
        classes, came = [*classes, None], np.pad(came, (0, 1))
        weights, squares = np.pad(weights, more), np.pad(squares, more)
    rows, rows2 = weights.sum(axis=1, keepdims=True), squares.sum(axis=1, keepdims=True)
    only_predicted = ((weights.sum(axis=0) > 0.0) & ~came)[:, None]
    of_class = np.divide(rows2, rows, out=only_predicted * (squares.sum() / weights.sum()), where=rows > 0.0)
    mean = np.divide(squares, weights, out=of_class + np.zeros_like(weights), where=weights > 0.0)
    return Confusion(classes, weights + mean / len(classes), squares + mean * mean / len(classes), came)


def interval_of(value: float, smooth: Slopes, squares: Numbers, least: float) -> Interval:
    r"""Return a statistic with its 95 % interval, from its value and slopes on the smoothed matrix.

    The variance is $\sum_{ij} s_{ij} (\partial/\partial w_{ij})^2$, $s_{ij}$ the sum of squared weights of a cell: a
    statistic that does not change with the unit of the weights varies to first order by the slope of its cell, for each
    event. One within [0, 1] has an interval on the log-odds, one with another least value a symmetric one.

    **Cost**: O(K²) with K classes.

    References
    ----------
    Takahashi, Yamamoto, Kuchiba, Koyama (2022), Confidence interval for micro-averaged F1 and macro-averaged F1 scores,
    doi:10.1007/s10489-021-02635-5.
    """
    half = Z95 * math.sqrt(float((squares * smooth.by_cell**2).sum()))
    middle = smooth.value
    if least == 0.0 and 0.0 < middle < 1.0:
        low, high = _on_log_odds(middle, half)
    else:
        low, high = max(least, middle - half), min(1.0, middle + half)
    return Interval(value, min(value, low), max(value, high))


def _on_log_odds(middle: float, half: float) -> tuple[float, float]:
    step = math.exp(min(500.0, half / (middle * (1.0 - middle))))
    odds = middle / (1.0 - middle)
    return odds / (odds + step), 1.0 - 1.0 / (1.0 + odds * step)
