"""Parts of a third party, known to the wrappers by protocol only."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log
from typing import Any

from river import base

from streamimb.protocols import Calibrator, OffsetLearner


class Recorder(base.Classifier):
    """A classifier of constant opinion that remembers what it is given; takes no weight."""

    def __init__(self, p: float = 0.3) -> None:
        self.p = p
        self._given: list[Any] = []

    @property
    def _multiclass(self) -> bool:
        return True

    def learn_one(self, x: Any, y: Any) -> None:
        self._given.append((dict(x), y))

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        return {False: 1.0 - self.p, True: self.p}


class WeightRecorder(Recorder):
    """The same, and a weight."""

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        self._given.append((dict(x), y, w))


class TimeRecorder(Recorder):
    """A keyword of its own."""

    def learn_one(self, x: Any, y: Any, t: int = 0) -> None:
        self._given.append((t, y))


class WeightTimeRecorder(Recorder):
    """Both."""

    def learn_one(self, x: Any, y: Any, w: float = 1.0, t: int = 0) -> None:
        self._given.append((y, w, t))


class Narrow(base.Wrapper[base.Classifier], base.Classifier):
    """A wrapper that lets no keyword through."""

    def __init__(self, classifier: base.Classifier) -> None:
        self.classifier = classifier

    @property
    def _wrapped_model(self) -> base.Classifier:
        return self.classifier

    def learn_one(self, x: Any, y: Any) -> None:
        self.classifier.learn_one(x, y)

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        return self.classifier.predict_proba_one(x)


class Anchored(base.Classifier):
    """An `OffsetLearner` of margin g."""

    def __init__(self, g: float = 0.5) -> None:
        self.g = g
        self._given: list[tuple[Any, ...]] = []

    def learn_one(self, x: Any, y: Any) -> None:
        raise AssertionError("an OffsetLearner is taught with its offset")

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        raise AssertionError("an OffsetLearner is asked with its offset")

    def predict_offset_one(self, x: Any, offset: float) -> float:
        return 1.0 / (1.0 + exp(-self.g - offset))

    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        self._given.append(("observed", y, offset, w))

    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        self._given.append(("stepped", y, offset, w))


class Rates(base.Base):
    """A sampler of given rates, by class."""

    depends_on_x = False

    def __init__(self, false: float = 0.25, true: float = 1.0, draws: bool = True) -> None:
        self.false = false
        self.true = true
        self.draws = draws
        self._seen: list[tuple[Any, ...]] = []

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        return {False: self.false, True: self.true}

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        self._seen.append((y, p[True], dict(rates), w))


class ScoreRates(Rates):
    """The same, proportional to the pilot."""

    depends_on_x = True

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        return {False: self.false * p[True], True: self.true}


class Halving(base.Base):
    """A calibrator that halves, and remembers what it is fed."""

    def __init__(self) -> None:
        self._fed: list[tuple[float, bool, float]] = []

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        self._fed.append((p, y, w))

    def calibrate_one(self, p: float) -> float:
        return p / 2


class ForwardedSampler(base.Base):
    """A sampler of ours, hidden behind the protocol."""

    def __init__(self, sampler: Any) -> None:
        self.sampler = sampler
        self.depends_on_x, self.draws = sampler.depends_on_x, sampler.draws

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return self.sampler.rates_one(x, p, prior)

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        self.sampler.learn_one(x, y, p, rates, prior, w)


class ForwardedCalibrator(base.Base):
    """A calibrator of ours, hidden behind the protocol."""

    def __init__(self, calibrator: Calibrator) -> None:
        self.calibrator = calibrator

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        self.calibrator.learn_one(p, y, w)

    def calibrate_one(self, p: float) -> float:
        return self.calibrator.calibrate_one(p)


class ForwardedLearner(base.Classifier):
    """An offset learner of ours, hidden behind the protocol: it reads an event anew in every call."""

    def __init__(self, learner: OffsetLearner) -> None:
        self.learner = learner

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        raise AssertionError("an OffsetLearner is taught with its offset")

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        raise AssertionError("an OffsetLearner is asked with its offset")

    def predict_offset_one(self, x: Any, offset: float) -> float:
        return self.learner.predict_offset_one(x, offset)

    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        self.learner.observe_one(x, y, offset, w)

    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        self.learner.step_one(x, y, offset, w)


def logit(p: float) -> float:
    return log(p / (1.0 - p))
