"""A synthesizer makes what is learned in place of further copies of an event."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from river import base
from river import linear_model as lm
from river import preprocessing as pp

from streamimb import CalibratedClassifier, SampledClassifier, sampling
from streamimb.engine import BothReported, Engine
from streamimb.events import Event, Score
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Reading
from tests.compose.parts import Anchored, Rates, Recorder, WeightRecorder

FIVE: dict[str, Any] = {"false": 1.0, "true": 5.0}


class Jitter:
    """Neighbours of an event; keeps copies of what it learned."""

    def __init__(self, part: float = 0.0, total: float = 1.0) -> None:
        self.rng = random.Random(1)
        self.part, self.total = part, total
        self.learned: list[Any] = []
        self.scores: list[float] = []

    def learn_one(self, x: Any, y: Any) -> None:
        self.learned.append((dict(x), y))

    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        self.scores.append(score(x)[True])
        for _ in range(copies):
            yield {k: v + self.part * self.rng.gauss(0, 1) for k, v in x.items()}, self.total


def event(rng: random.Random) -> tuple[dict[str, float], bool]:
    x = {"a": rng.gauss(0, 1), "b": rng.gauss(0, 1)}
    return x, rng.random() < 1 / (1 + math.exp(-x["a"] + 3.5))


@pytest.mark.parametrize(
    "learner", [LogisticRegression, lambda: pp.StandardScaler() | lm.LogisticRegression()]
)
def test_the_probabilities_stay_those_of_the_unsampled_stream(learner: Any) -> None:
    made = Jitter(part=0.05)
    model = SampledClassifier(learner(), Rates(**FIVE), seed=1, synthesizer=made)
    rng = random.Random(2)
    said = positives = 0.0
    for i in range(12_000):
        x, y = event(rng)
        if i >= 3_000:
            said += model.predict_proba_one(x)[True]
            positives += y
        model.learn_one(x, y)
    assert said / positives == pytest.approx(1.0, abs=4 / math.sqrt(positives))  # four standard errors
    assert len(made.learned) == 12_000
    first = next(i for i, (_, y) in enumerate(made.learned) if not y)
    assert len(made.scores) == sum(
        y for _, y in made.learned[first:]
    )  # nothing is learned before the first False
    assert all(0.0 < p < 1.0 for p in made.scores)


def test_an_event_itself_is_learned_once_and_examples_for_the_rest() -> None:
    learner = WeightRecorder()
    model = SampledClassifier(learner, Rates(**FIVE), seed=1, synthesizer=Jitter(part=1.0))
    model.learn_one({"a": 1.0}, False)
    model.learn_one({"a": 2.0}, True)
    given = [x["a"] for x, y, w in learner._given if y]
    assert given[0] == 2.0
    assert len(set(given)) == 5


def test_weights_that_do_not_make_up_the_copies_are_refused_and_nothing_is_learned() -> None:
    learner = WeightRecorder()
    model = SampledClassifier(learner, Rates(**FIVE), seed=1, synthesizer=Jitter(total=2.0))
    model.learn_one({"a": 1.0}, False)
    with pytest.raises(ValueError, match="sum to 8, of 4 copies"):
        model.learn_one({"a": 2.0}, True)
    assert len(learner._given) == 1


def test_a_sampler_that_gives_weights_makes_no_copies_to_replace() -> None:
    with pytest.raises(ValueError, match=r"^synthesizer: .* ClassWeights gives weights"):
        SampledClassifier(LogisticRegression(), sampling.ClassWeights(), synthesizer=Jitter())


class AnchoredOnX(base.Base):
    """A batch model: log-odds that depend on x."""

    def logit_one(self, x: Any) -> float:
        return float(x["a"])

    def learn_one(self, x: Any, y: bool, p: float, w: float = 1.0) -> None:
        assert "synthetic" not in x


class Elsewhere(Jitter):
    """Examples far from the event."""

    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        return [({"a": -3.0, "synthetic": 1.0}, float(copies))]


def test_an_example_is_learned_at_the_anchor_of_its_own_features() -> None:
    learner = Anchored(0.0)
    model = SampledClassifier(learner, Rates(**FIVE), anchor=AnchoredOnX(), seed=1, synthesizer=Elsewhere())
    model.learn_one({"a": 1.0}, False)
    model.learn_one({"a": 2.0}, True)
    stepped = [given for given in learner._given if given[0] == "stepped"]
    shift = math.log(5.0)
    assert [offset for _, _, offset, _ in stepped] == [1.0 + shift, 2.0 + shift, -3.0 + shift]
    assert [w for *_, w in stepped] == [1.0, 1.0, 4.0]
    assert [given[0] for given in learner._given].count("observed") == 2  # events, not examples


def test_what_is_no_synthesizer_is_refused() -> None:
    with pytest.raises(ValueError, match="synthesizer="):
        SampledClassifier(LogisticRegression(), synthesizer=0.5)  # type: ignore[arg-type]


class Tagged(Jitter):
    """Examples that can be told from events."""

    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        return [({**x, "synthetic": 1.0}, 1.0) for _ in range(copies)]


class MeetingRates(Rates):
    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        assert "synthetic" not in x
        self._seen.append(y)


class MeetingCalibrator(base.Base):
    def __init__(self) -> None:
        self._fed = 0

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        self._fed += 1

    def calibrate_one(self, p: float) -> float:
        return p


class MeetingMetric(base.Base):
    def __init__(self) -> None:
        self.met = 0

    def update(self, y_true: bool, y_pred: Any, w: float = 1.0) -> None:
        self.met += 1

    def get(self) -> float:
        return float(self.met)

    def merge(self, other: Any) -> None:
        self.met += other.met

    def readings(self) -> Any:
        return [Reading("met", "Events that were measured.", self.met)]


@pytest.mark.parametrize("learner", [LogisticRegression, WeightRecorder])
def test_examples_reach_the_learner_alone(learner: Any) -> None:
    """Not the prior, the sampler, the calibrator, the kept share, the metrics, nor the synthesizer itself."""
    sampler, calibrator, made = MeetingRates(**FIVE), MeetingCalibrator(), Tagged()
    model = CalibratedClassifier(SampledClassifier(learner(), sampler, seed=1, synthesizer=made), calibrator)
    copied = CalibratedClassifier(SampledClassifier(learner(), Rates(**FIVE), seed=1), MeetingCalibrator())
    metric = MeetingMetric()
    engine = Engine(model, BothReported(), metrics={"met": metric}, allow_pickle=True)
    rng, measured = random.Random(3), 0
    for i in range(400):
        x, y = event(rng)
        score = engine.on_event(Event(f"e{i}", float(i), x, y))
        measured += isinstance(score, Score) and "cold" not in score.reasons
        copied.learn_one(x, y)
    assert len(sampler._seen) == calibrator._fed == len(made.learned) == 400
    assert not any("synthetic" in x for x, _ in made.learned)
    inner: Any = engine.model.classifier
    prior = inner.classifier._prior
    assert prior.get() == copied.classifier._prior.get()
    assert inner.kept_share == copied.kept_share  # a synthesizer changes no mass
    assert engine.counters["learned"] == 400
    assert metric.met == measured > 200


def test_a_weight_that_the_learner_would_drop_is_refused_before_the_event_is_learned() -> None:
    learner = Recorder()  # takes no weight
    model = SampledClassifier(learner, Rates(**FIVE), seed=1, synthesizer=Elsewhere())
    model.learn_one({"a": 1.0}, False)
    with pytest.raises(ValueError, match=r"^w: Recorder takes no weight"):
        model.learn_one({"a": 2.0}, True)
    assert len(learner._given) == 1
