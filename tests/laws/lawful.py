"""Lawful parts of kinds that streamimb does not have: the laws must let them pass. Broken ones derive from them."""

from __future__ import annotations

import math
import random
from collections.abc import Hashable
from typing import Any

from river import base

from streamimb import calibration


def checked(w: float) -> float:
    """The weight, capped; ValueError where it is none."""
    if not 0.0 <= w < math.inf:
        raise ValueError("w: expected a finite number >= 0")
    return min(w, 1e15)


def sigmoid(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-700.0, min(700.0, z))))


class Sampler(base.Base):
    """Everything is learned; it counts what it saw."""

    depends_on_x = False
    draws = True

    def __init__(self, pace: float = 1.0) -> None:
        self.pace = pace
        self._n = 0.0

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return dict.fromkeys(p, 1.0)

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        self._n = min(1e6, self._n + self.pace * checked(w))


class OverSampler(base.Base):
    """Five copies of every positive, whatever the stream: it remembers nothing."""

    depends_on_x = False
    draws = True

    def __init__(self, rate: float = 5.0) -> None:
        self.rate = rate

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return {label: self.rate if label is True else 1.0 for label in p}

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        checked(w)


class Weights(OverSampler):
    """The same as the weight of one example."""

    draws = False


class Reservoir(OverSampler):
    """A uniform sample of the positives, as copies of their features; hard ones could be replayed."""

    def __init__(self, rate: float = 5.0, size: int = 50, seed: int = 1) -> None:
        super().__init__(rate)
        self.size = size
        self.seed = seed
        self._rng = random.Random(seed)
        self._met = 0
        self._kept: list[Any] = []

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        if checked(w) > 0.0 and y is True:
            self._met += 1
            place = len(self._kept) if len(self._kept) < self.size else self._rng.randrange(self._met)
            self._kept[place : place + 1] = [dict(x)] if place < self.size else self._kept[place : place + 1]


class RareReservoir(Reservoir):
    """A larger one, which is not full by the time at which memory is measured first: it states its budget."""

    memory_budget_bytes = 100_000

    def __init__(self, rate: float = 5.0, size: int = 500, seed: int = 1) -> None:
        super().__init__(rate, size, seed)


class Calibrator(base.Base):
    """The identity, which repairs nothing; it counts what it saw."""

    def __init__(self) -> None:
        self._n = 0.0

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        if not 0.0 <= p <= 1.0:
            raise ValueError("p")
        if y is not True and y is not False:
            raise ValueError("y")
        self._n = min(1e6, self._n + checked(w))

    def calibrate_one(self, p: float) -> float:
        if not 0.0 <= p <= 1.0:
            raise ValueError("p")
        return p


class TakesAnyLabel(Calibrator):
    """Not lawful: it counts every label as a class."""

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        super().learn_one(p, bool(y), w)


class StartsElsewhere(Calibrator):
    """A base rate until 100 labels came, then Platt's scaling."""

    def __init__(self) -> None:
        super().__init__()
        self._platt = calibration.Platt()

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        super().learn_one(p, y, w)
        self._platt.learn_one(p, y, w)

    def calibrate_one(self, p: float) -> float:
        return self._platt.calibrate_one(p) if super().calibrate_one(p) == p and self._n >= 100.0 else 0.05


class RemembersWhatItSaid(StartsElsewhere):
    """It wants back what it said when the event was scored."""

    memo_size = 1

    def __init__(self) -> None:
        super().__init__()
        self._said = 0.0

    def memo_one(self, p: float) -> tuple[float, ...]:
        return (self.calibrate_one(p),)

    def learn_one(self, p: float, y: bool, w: float = 1.0, memo: Any = None) -> None:
        (said,) = self.memo_one(p) if memo is None else memo
        super().learn_one(p, y, w)
        self._said = said if w > 0.0 else self._said


class Reaches0And1(Calibrator):
    """The share of positives in bins of half a logit: 0 and 1 where a bin met one class only."""

    def __init__(self) -> None:
        super().__init__()
        self._bins: dict[int, tuple[float, float]] = {}

    def _bin(self, p: float) -> int:
        p = min(1.0 - 1e-6, max(1e-6, p))
        return round(2.0 * math.log(p / (1.0 - p)))

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        super().learn_one(p, y, w)
        positive, mass = self._bins.get(self._bin(p), (0.0, 0.0))
        if w > 0.0:
            self._bins[self._bin(p)] = (positive + y * checked(w), mass + checked(w))

    def calibrate_one(self, p: float) -> float:
        positive, mass = self._bins.get(self._bin(super().calibrate_one(p)), (p, 1.0))
        return positive / mass


class Residual(base.Classifier):
    """A linear function of standardised features, by AdaGrad: an `OffsetLearner` of a few lines."""

    def __init__(self, step: float = 0.2) -> None:
        self.step = step
        self._moments: dict[Hashable, tuple[float, float, float]] = {}
        self._slopes: dict[Hashable, tuple[float, float]] = {}

    def _scaled(self, x: Any) -> dict[Hashable, float]:
        scaled: dict[Hashable, float] = {"": 1.0}
        for name, value in x.items():
            n, mean, square = self._moments.get(name, (0.0, 0.0, 0.0))
            if n > 1.0 and square > 0.0:
                scaled[name] = max(-5.0, min(5.0, (value - mean) / math.sqrt(square / n)))
        return scaled

    def _g(self, x: Any) -> float:
        return math.fsum(self._slopes.get(name, (0.0, 0.0))[0] * z for name, z in self._scaled(x).items())

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        p = self.predict_offset_one(x, 0.0)
        return {False: 1.0 - p, True: p}

    def learn_one(self, x: Any, y: Any) -> None:
        self.observe_one(x, y, 0.0)
        self.step_one(x, y, 0.0)

    def predict_offset_one(self, x: Any, offset: float) -> float:
        return sigmoid(self._g(x) + offset)

    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        if checked(w) == 0.0:
            return
        for name, value in x.items():
            n, mean, square = self._moments.get(name, (0.0, 0.0, 0.0))
            n += checked(w)
            delta = value - mean
            mean += delta * checked(w) / n
            self._moments[name] = (n, mean, square + checked(w) * delta * (value - mean))

    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        error = checked(w) * (y - sigmoid(self._g(x) + offset))
        if error == 0.0:
            return
        for name, z in self._scaled(x).items():
            slope, total = self._slopes.get(name, (0.0, 1.0))
            total += (error * z) ** 2
            self._slopes[name] = (slope + self.step * error * z / math.sqrt(total), total)


class RemembersP(Residual):
    """It wants back what it said when the event was scored."""

    memo_size = 1

    def __init__(self, step: float = 0.2) -> None:
        super().__init__(step)
        self._said = 0.0

    def memo_one(self, x: Any, offset: float) -> tuple[float, ...]:
        return (self.predict_offset_one(x, offset),)

    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0, memo: Any = None) -> None:
        (said,) = self.memo_one(x, offset) if memo is None else memo
        super().observe_one(x, y, offset, w)
        self._said = said if w > 0.0 else self._said


class LivePrior(base.Base):
    """The log-odds of the positives so far."""

    def __init__(self) -> None:
        self._mass = {False: 1.0, True: 0.1}

    def logit_one(self, x: Any) -> float:
        return math.log(self._mass[True] / self._mass[False])

    def learn_one(self, x: Any, y: bool, p: float, w: float = 1.0) -> None:
        self._mass[y] = min(1e15, self._mass[y] + checked(w))


class BatchModel(base.Base):
    """The log-odds of a model that was trained elsewhere and stands still."""

    def __init__(self, intercept: float = -3.0, slope: float = 0.5) -> None:
        self.intercept = intercept
        self.slope = slope

    def logit_one(self, x: Any) -> float:
        a: float = x.get("a", 0.0)
        return self.intercept + self.slope * max(-10.0, min(10.0, a))

    def learn_one(self, x: Any, y: bool, p: float, w: float = 1.0) -> None:
        checked(w)


class Divides(base.Base):
    """The route that divides each probability by its rate: nothing is to be remembered."""

    needs_rates = True

    def correct_one(self, p: Any, rates: Any, prior: Any) -> dict[Any, float]:
        q = {k: p[k] / rates[k] for k in p}
        total = math.fsum(q.values())
        return {k: value / total for k, value in q.items()}

    def give_one(self, y: Any, rate: float, w: float, copies: float) -> float:
        return w


class DividesWeights(Divides):
    """The same for rates that are weights."""

    draws = False

    def give_one(self, y: Any, rate: float, w: float, copies: float) -> float:
        return w * copies


class Reweights(base.Base):
    """The route that gives each copy the weight 1 / rate, and corrects nothing."""

    needs_rates = False

    def correct_one(self, p: Any, rates: Any, prior: Any) -> dict[Any, float]:
        return dict(p)

    def give_one(self, y: Any, rate: float, w: float, copies: float) -> float:
        return w / rate
