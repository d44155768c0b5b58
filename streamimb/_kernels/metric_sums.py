# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The state of the metrics: decayed sums of probabilities and labels.

`MetricSums` updates all metrics of an engine in one call per event.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits, saved

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log
    from math import pow as power

    from streamimb._kernels.ranked_scores import RankedScores
else:
    from cython.cimports.libc.math import log
    from cython.cimports.libc.math import pow as power
    from cython.cimports.streamimb._kernels.ranked_scores import RankedScores

FINITE = cython.declare(cython.double, limits.FINITE)  # finite number
LEAST_PROBABILITY = cython.declare(cython.double, 1e-15)  # the least probability in a log loss
DUST = cython.declare(cython.double, limits.DUST)


def _sums(state: dict[str, Any], *names: str) -> list[float]:
    """The sums of a state by name; the first is the sum of weights, which y and p may not exceed."""
    sums = [saved.number(state, name, 0.0) for name in names]
    for name in ("y", "p"):
        if name in names and state[name] > 1.000001 * sums[0]:
            raise saved.refused(name, "a sum that is at most that of all weights")
    return sums


def _check_squares(weights: float, squares: float) -> None:
    # The sum of squares is at most the square of the sum; both may have rounded to numbers near 0.
    if squares > 1.000001 * weights * weights + 1e-300 or (squares > 0.0 and not squares / weights > 0.0):
        raise saved.refused("sums", "squares of weights that are at most the square of their sum")


@cython.cclass
class LossSums:
    """Sums of weights, positives and log losses, decayed once per event, and those of which their variances follow.

    The latter are sums of squared weights: alone, times y, times the loss l, times y l, and times l^2.
    """

    fade: cython.double
    steps: cython.longlong
    n: cython.double
    y: cython.double
    loss: cython.double
    n2: cython.double
    y2: cython.double
    loss2: cython.double
    y_loss2: cython.double
    loss_loss2: cython.double

    def __init__(self, half_life: float) -> None:
        self.fade = power(0.5, 1.0 / half_life)
        self.steps = 0
        self.n = self.y = self.loss = 0.0
        self.n2 = self.y2 = self.loss2 = self.y_loss2 = self.loss_loss2 = 0.0

    @cython.final
    @cython.cfunc
    @cython.exceptval(check=False)
    def _take(self, y: cython.bint, p: cython.double, w: cython.double) -> cython.void:
        q: cython.double = p if y else 1.0 - p
        if q < LEAST_PROBABILITY:
            q = LEAST_PROBABILITY
        self.steps += 1
        self.n = self.fade * self.n + w
        self.y = self.fade * self.y + (w if y else 0.0)
        if self.y < DUST:
            self.y = 0.0
        self.loss = self.fade * self.loss - w * log(q)
        self._take_squares(y, -log(q), w * w)

    @cython.final
    @cython.cfunc
    @cython.exceptval(check=False)
    def _take_squares(self, y: cython.bint, loss: cython.double, w2: cython.double) -> cython.void:
        d: cython.double = self.fade * self.fade
        self.n2 = d * self.n2 + w2
        self.loss2 = d * self.loss2 + w2 * loss
        self.loss_loss2 = d * self.loss_loss2 + w2 * loss * loss
        if y or self.y2 > 0.0:
            self.y2 = d * self.y2 + (w2 if y else 0.0)
            self.y_loss2 = d * self.y_loss2 + (w2 * loss if y else 0.0)
            if self.y2 < DUST:
                self.y2 = self.y_loss2 = 0.0

    def update_p(self, y: cython.bint, p: cython.double, w: cython.double = 1.0) -> None:
        """Adds one event of class y with probability p, unchecked: p in [0, 1], w > 0 and at most 1e15."""
        self._take(y, p, w)

    def sums(self) -> tuple[float, float, float]:
        """(n, y, loss)."""
        return float(self.n), float(self.y), float(self.loss)

    def squares(self) -> tuple[float, float, float, float, float]:
        """Sums of w^2, w^2 y, w^2 l, w^2 y l and w^2 l^2."""
        return (
            float(self.n2), float(self.y2), float(self.loss2), float(self.y_loss2), float(self.loss_loss2)
        )  # fmt: skip

    def append(self, other: LossSums) -> None:
        """Adds the sums of another, as if its events had come after these."""
        d: cython.double = power(self.fade, float(other.steps))
        self.steps += other.steps
        self.n = d * self.n + other.n
        self.y = d * self.y + other.y
        self.loss = d * self.loss + other.loss
        d = d * d
        self.n2 = d * self.n2 + other.n2
        self.y2 = d * self.y2 + other.y2
        self.loss2 = d * self.loss2 + other.loss2
        self.y_loss2 = d * self.y_loss2 + other.y_loss2
        self.loss_loss2 = d * self.loss_loss2 + other.loss_loss2

    def __getstate__(self) -> dict[str, Any]:
        return {
            "fade": float(self.fade), "steps": int(self.steps),
            "n": float(self.n), "y": float(self.y), "loss": float(self.loss), "squares": list(self.squares()),
        }  # fmt: skip

    def __setstate__(self, state: Any) -> None:
        state = saved.entries(state, "fade", "steps", "n", "y", "loss", "squares")
        steps, fade = saved.whole(state, "steps"), saved.number(state, "fade", 0.0, 1.0)
        n, y, loss = _sums(state, "n", "y", "loss")
        if loss > 1.000001 * n * -log(LEAST_PROBABILITY):
            raise saved.refused("loss", "a sum of losses that so many events can have")
        n2, y2, loss2, y_loss2, loss_loss2 = saved.row({"squares": state["squares"]}, "squares", 5, 0.0)
        _check_squares(n, n2)
        if y2 > 1.000001 * n2 or y_loss2 > 1.000001 * loss2:
            raise saved.refused("squares", "sums of positives that are at most those of all events")
        self.n, self.y, self.loss = n, y, loss
        self.n2, self.y2, self.loss2, self.y_loss2, self.loss_loss2 = n2, y2, loss2, y_loss2, loss_loss2
        self.steps, self.fade = steps, fade


@cython.cclass
class RatioSums:
    """Sums of weights, positives and probabilities, decayed once per event or once per positive.

    Decayed once per positive, they cover about the same number of positives however rare the class is. Orphaned
    positives, whose event was not found, decay with them. Fields are declared in metric_sums.pxd.
    """

    def __init__(self, half_life: float, per_positive: bool = False) -> None:
        self.fade = power(0.5, 1.0 / half_life)
        self.per_positive = per_positive
        self.steps = 0
        self.n = self.n2 = self.y = self.y2 = self.p = self.orphans = self.orphans2 = 0.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _forget(self, d: cython.double) -> cython.void:
        d2: cython.double = d * d
        self.n = d * self.n
        self.n2 = d2 * self.n2
        self.p = d * self.p
        if self.p < DUST:
            self.p = 0.0
        if self.y2 > 0.0:
            self.y = d * self.y
            self.y2 = d2 * self.y2
            if self.y2 < DUST:
                self.y = self.y2 = 0.0
        if self.orphans2 > 0.0:
            self.orphans = d * self.orphans
            self.orphans2 = d2 * self.orphans2
            if self.orphans2 < DUST:
                self.orphans = self.orphans2 = 0.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _take(self, y: cython.bint, p: cython.double, w: cython.double) -> cython.void:
        if y or not self.per_positive:
            self.steps += 1
            self._forget(self.fade)
        self.n += w
        self.n2 += w * w
        self.p += w * p
        if y:
            self.y += w
            self.y2 += w * w

    def update_p(self, y: cython.bint, p: cython.double, w: cython.double = 1.0) -> None:
        """Adds one event of class y with probability p, unchecked: p in [0, 1], w > 0 and at most 1e15."""
        self._take(y, p, w)

    def orphan(self) -> None:
        """Counts a positive label whose event was not found; that event may have been measured as a negative."""
        self.orphans += 1.0
        self.orphans2 += 1.0

    def sums(self) -> tuple[float, float, float, float, float]:
        """(n, n2, y, y2, p): weights, their squares, both of positives, probabilities."""
        return float(self.n), float(self.n2), float(self.y), float(self.y2), float(self.p)

    def orphaned(self) -> tuple[float, float]:
        """Sums of orphaned positives: (weights, squares of weights)."""
        return float(self.orphans), float(self.orphans2)

    def append(self, other: RatioSums) -> None:
        """Adds the sums of another, as if its events had come after these."""
        self._forget(power(self.fade, float(other.steps)))
        self.steps += other.steps
        self.n += other.n
        self.n2 += other.n2
        self.y += other.y
        self.y2 += other.y2
        self.p += other.p
        self.orphans += other.orphans
        self.orphans2 += other.orphans2

    def __getstate__(self) -> dict[str, Any]:
        return {
            "fade": float(self.fade), "per_positive": bool(self.per_positive), "steps": int(self.steps),
            "n": float(self.n), "n2": float(self.n2), "y": float(self.y), "y2": float(self.y2),
            "p": float(self.p), "orphans": float(self.orphans), "orphans2": float(self.orphans2),
        }  # fmt: skip

    def __setstate__(self, state: Any) -> None:
        sums = ("n", "n2", "y", "y2", "p", "orphans", "orphans2")
        state = saved.entries(state, "fade", "per_positive", "steps", *sums)
        steps, per_positive = saved.whole(state, "steps"), saved.switch(state, "per_positive")
        fade = saved.number(state, "fade", 0.0, 1.0)
        n, n2, y, y2, p, orphans, orphans2 = _sums(state, *sums)
        _check_squares(n, n2)
        _check_squares(y, y2)
        _check_squares(orphans, orphans2)
        if y2 > 1.000001 * n2:
            raise saved.refused("y2", "a sum that is at most that of the squares of all weights")
        self.n, self.n2, self.y, self.y2, self.p = n, n2, y, y2, p
        self.orphans, self.orphans2 = orphans, orphans2
        self.steps, self.per_positive, self.fade = steps, per_positive, fade


@cython.cclass
class MetricSums:
    """Updates the sums of one engine: of each stage, of the base rate, of the loss, and the ranking.

    It also holds the decayed number of lost events: served, and never measured.
    """

    of_raw: RatioSums
    of_corrected: RatioSums
    of_calibrated: RatioSums
    of_recent: RatioSums
    of_rate: RatioSums
    of_losses: LossSums
    of_ranking: RankedScores
    lost: cython.double
    others: tuple[Any, ...]

    def __init__(
        self,
        raw: RatioSums,
        corrected: RatioSums,
        calibrated: RatioSums,
        recent: RatioSums,
        rate: RatioSums,
        losses: LossSums,
        ranking: RankedScores,
        lost: float = 0.0,
    ) -> None:
        if not 0.0 <= lost <= FINITE:
            raise ValueError("lost: expected a finite number >= 0")
        self.of_raw, self.of_corrected, self.of_calibrated = raw, corrected, calibrated
        self.of_recent, self.of_rate, self.of_losses, self.of_ranking = recent, rate, losses, ranking
        self.lost = lost
        self.others = ()

    def feed(self, *others: Any) -> None:
        """Set the functions `other(y, p, w)` to call with every event, p being calibrated."""
        self.others = others

    def add(
        self,
        raw: cython.double,
        corrected: cython.double,
        calibrated: cython.double,
        y: cython.bint,
        w: cython.double = 1.0,
    ) -> None:
        """One event of weight w: its three probabilities as served, and its class."""
        self._add(raw, corrected, calibrated, y, w)

    def take(self, served: Any, y: cython.bint, w: cython.double = 1.0) -> None:
        """One event of weight w with its three probabilities as attributes, and its class."""
        self._add(served.raw, served.corrected, served.calibrated, y, w)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _add(
        self,
        raw: cython.double,
        corrected: cython.double,
        calibrated: cython.double,
        y: cython.bint,
        w: cython.double,
    ) -> cython.int:
        if self.of_ranking is None:  # made by __new__ without __init__: the fields used below are missing
            raise ValueError("not set up: call the constructor first")
        self.of_raw._take(y, raw, w)
        self.of_corrected._take(y, corrected, w)
        self.of_calibrated._take(y, calibrated, w)
        self.of_recent._take(y, calibrated, w)
        self.of_rate._take(y, 0.0, w)
        self.of_losses._take(y, calibrated, w)
        self.of_ranking._take(y, calibrated, w)
        if self.lost > 0.0:
            self.lost = self.of_losses.fade * self.lost
            if self.lost < DUST:
                self.lost = 0.0
        if self.others:
            label, p, weight = bool(y), float(calibrated), float(w)
            for other in self.others:
                other(label, p, weight)
        return 0

    def lose(self) -> None:
        """Counts an event that was served and will not be measured."""
        self.lost += 1.0

    def lost_n(self) -> float:
        """Decayed number of events that were not measured."""
        return float(self.lost)

    def append(self, other: MetricSums) -> None:
        """Adds the sums of another, as if its events had come after these."""
        if self.of_ranking is None or other.of_ranking is None:
            raise ValueError("not set up: call the constructor first")
        self.lost = power(self.of_losses.fade, float(other.of_losses.steps)) * self.lost + other.lost
        self.of_raw.append(other.of_raw)
        self.of_corrected.append(other.of_corrected)
        self.of_calibrated.append(other.of_calibrated)
        self.of_recent.append(other.of_recent)
        self.of_rate.append(other.of_rate)
        self.of_losses.append(other.of_losses)
        self.of_ranking.append(other.of_ranking)
