"""A part of ours gives the same scores when it is known by its public protocol only, behind an adapter."""

from __future__ import annotations

import copy
import math
import pickle
import random
from collections.abc import Callable
from typing import Any

import pytest
from river import linear_model, naive_bayes, preprocessing

from streamimb import (
    CalibratedClassifier,
    Field,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    calibration,
    correction,
    sampling,
)
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Route
from tests.compose.parts import Anchored, ForwardedCalibrator, ForwardedLearner, ForwardedSampler, Rates
from tests.compose.streams import sigmoid

Stream = list[tuple[dict[str, Any], bool]]


def stream(n: int, seed: int) -> Stream:
    rng = random.Random(seed)
    out = []
    for _ in range(n):
        y = rng.random() < 0.05
        x: dict[str, Any] = {f"f{i}": rng.gauss(0.5 * y, 1) for i in range(6)}
        x["country"] = rng.choice(["NO", "SE", "DK"])
        if rng.random() < 0.05:
            x["f0"] = rng.choice([float("nan"), float("inf"), None, 1e300])
        if rng.random() < 0.05:
            del x["f1"]
        out.append((x, y))
    return out


def ours(schema: Schema | None = None) -> GuardedClassifier:
    sampled = SampledClassifier(LogisticRegression(), sampling.ScoreUnderSampler(), seed=5)
    return GuardedClassifier(CalibratedClassifier(sampled), schema, warm_up=300)


# ------------------------------------------------------------------ a sampler, a calibrator

SAMPLERS: dict[str, Callable[[], Any]] = {
    "by score": sampling.ScoreUnderSampler,
    "by length, at a rate": lambda: sampling.ScoreUnderSampler(keep_rate=0.1, criterion="L"),
    "uniform": lambda: sampling.UnderSampler(share=0.2),
    "weights": sampling.ClassWeights,
    "effective numbers": lambda: sampling.ClassWeights("effective_number", beta=0.99),
    "over": sampling.OverSampler,
    "both": lambda: sampling.BothSampler(budget=0.5),
    "product": lambda: sampling.Product(sampling.OverSampler(), sampling.ScoreUnderSampler(keep_rate=0.3)),
}
LEARNERS: dict[str, Callable[[], Any]] = {
    "offset": LogisticRegression,
    "offset in a pipeline": lambda: preprocessing.StandardScaler() | LogisticRegression(),
    "river": lambda: preprocessing.StandardScaler() | linear_model.LogisticRegression(),
}


def numbers(x: dict[str, Any]) -> dict[str, float]:
    return {k: v for k, v in x.items() if isinstance(v, float) and math.isfinite(v) and abs(v) < 1e15}


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_sampler_and_calibrator_by_protocol_are_the_same_to_the_last_bit(learner, sampler):
    def model(by_protocol: bool) -> CalibratedClassifier:
        part, scaling = SAMPLERS[sampler](), calibration.PlattMixture()
        sampled = SampledClassifier(
            LEARNERS[learner](), ForwardedSampler(part) if by_protocol else part, seed=5
        )
        return CalibratedClassifier(sampled, ForwardedCalibrator(scaling) if by_protocol else scaling)

    one, two, once = model(False), model(True), model(False)
    for i, (x, y) in enumerate(stream(1_500, 1)):
        x = x if learner == "offset" else numbers(x)
        scores, _ = one.scores_one(x)  # the memo differs: by protocol, a calibrator that declares none
        assert scores == two.scores_one(x)[0], f"event {i}"
        assert scores == once.score_learn_one(x, y), f"event {i}"
        one.learn_one(x, y)
        two.learn_one(x, y)
    inner, other = one.classifier, two.classifier
    assert inner.kept_share == other.kept_share
    assert (inner.last_rates, inner.last_shift) == (other.last_rates, other.last_shift)
    assert snapshot.dumps(one.calibrator) == snapshot.dumps(two.calibrator.calibrator)


# ------------------------------------------------------------------ a learner


def constant(n: int) -> Stream:
    """Events whose moments do not move: words alone, so that a second reading finds what the first one found."""
    rng = random.Random(2)
    out = []
    for _ in range(n):
        y = rng.random() < 0.1
        out.append(({"shop": rng.choice("abcd" if y else "cdefgh"), "hour": rng.choice("xyz")}, y))
    return out


def test_a_learner_by_protocol_is_the_same_to_the_last_bit_where_a_second_reading_finds_the_same():
    one = CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=5))
    two = CalibratedClassifier(SampledClassifier(ForwardedLearner(LogisticRegression()), seed=5))
    for i, (x, y) in enumerate(constant(2_000)):
        assert one.scores_one(x)[0] == two.scores_one(x)[0], f"event {i}"
        one.learn_one(x, y)
        two.learn_one(x, y)


def test_a_learner_by_protocol_takes_its_steps_with_the_moments_after_the_event():
    """The one difference: what is observed is read for the score, and the step reads the event again.

    A numerical bound at 3,000 events: the two standardise each number by means that differ by one event.
    """
    one = SampledClassifier(LogisticRegression(), sampling.UnderSampler(keep_rate=0.3), seed=5)
    two = SampledClassifier(
        ForwardedLearner(LogisticRegression()), sampling.UnderSampler(keep_rate=0.3), seed=5
    )
    apart = 0.0
    data = stream(3_000, 3)
    for i, (x, y) in enumerate(data):
        p, q = one.predict_proba_one(x)[True], two.predict_proba_one(x)[True]
        if i >= 1_000:
            apart += abs(math.log(p / (1 - p)) - math.log(q / (1 - q))) / 2_000
        one.learn_one(x, y)
        two.learn_one(x, y)
    assert one.kept_share == two.kept_share  # the same draws
    assert 0.0 < apart < 0.1


def test_a_learner_by_protocol_is_observed_and_then_takes_one_step_of_all_copies():
    learner, by_hand = ForwardedLearner(LogisticRegression()), LogisticRegression()
    model = SampledClassifier(learner, Rates(false=1.0, true=2.0), seed=1)
    met_false = False
    for x, y in stream(500, 4):
        offset, met_false = model._prior.logit, met_false or not y
        model.learn_one(x, y, w=3.0)
        by_hand.observe_one(x, y, offset, 3.0)
        if met_false:  # True labels alone teach no steps
            by_hand.step_one(x, y, offset + math.log(2.0), 6.0 if y else 3.0)
    assert snapshot.dumps(learner.learner) == snapshot.dumps(by_hand)


# ------------------------------------------------------------------ an anchor, a route


class BatchModel:
    """An `Anchor`: a model that was trained elsewhere and stands still."""

    def __init__(self) -> None:
        self.learned: list[tuple[Any, ...]] = []

    def logit_one(self, x: Any) -> float:
        log_odds: float = 0.8 * x["a"] - 3.0
        return log_odds

    def learn_one(self, x: Any, y: bool, p: float, w: float = 1.0) -> None:
        self.learned.append((dict(x), y, p, w))


def around_a_batch_model(n: int, seed: int) -> Stream:
    """log-odds .8 a - 3 as the batch model says, and 1.2 b, which it does not know."""
    rng = random.Random(seed)
    out = []
    for _ in range(n):
        x = {"a": rng.gauss(0, 1), "b": rng.gauss(0, 1)}
        out.append((x, rng.random() < sigmoid(0.8 * x["a"] - 3.0 + 1.2 * x["b"])))
    return out


def test_an_anchor_by_protocol_is_what_an_offset_learner_starts_from():
    anchor = BatchModel()
    model = SampledClassifier(
        LogisticRegression(), sampling.UnderSampler(keep_rate=0.2), anchor=anchor, seed=1
    )
    x = {"a": 1.0, "b": 0.0}
    assert model.predict_proba_one(x)[True] == pytest.approx(sigmoid(-2.2), rel=1e-12)
    served = model.predict_proba_one(x)[True]
    model.learn_one(x, False, w=2.0)
    assert anchor.learned == [(x, False, served, 2.0)]


def test_what_a_frozen_batch_model_lacks_is_learned_on_top_of_it():
    """Mean log loss over the last 4,000 of 12,000 events: below the batch model's, near that of the truth."""
    anchor = BatchModel()
    model = SampledClassifier(
        LogisticRegression(), sampling.UnderSampler(keep_rate=0.2), anchor=anchor, seed=1
    )
    loss = {"model": 0.0, "batch": 0.0, "truth": 0.0}
    for i, (x, y) in enumerate(around_a_batch_model(12_000, 1)):
        if i >= 8_000:
            said = {
                "model": model.predict_proba_one(x)[True],
                "batch": sigmoid(anchor.logit_one(x)),
                "truth": sigmoid(anchor.logit_one(x) + 1.2 * x["b"]),
            }
            for name, p in said.items():
                loss[name] -= math.log(p if y else 1 - p) / 4_000
        model.learn_one(x, y)
    assert loss["truth"] < loss["model"] < loss["truth"] + 0.2 * (loss["batch"] - loss["truth"])
    assert len(anchor.learned) == 12_000  # every labelled event, kept or not


def test_an_anchor_is_given_the_event_before_a_pipeline_transforms_it():
    anchor = BatchModel()
    model = SampledClassifier(
        preprocessing.StandardScaler() | Anchored(g=0.0), Rates(false=1.0), anchor=anchor, seed=1
    )
    for a in (1.0, 5.0, 3.0):
        assert model.predict_proba_one({"a": a})[True] == pytest.approx(sigmoid(0.8 * a - 3.0), rel=1e-12)
        model.learn_one({"a": a}, False)
    assert [x for x, *_ in anchor.learned] == [{"a": 1.0}, {"a": 5.0}, {"a": 3.0}]


def test_an_anchor_serves_another_route_as_its_prior():
    anchor = BatchModel()
    model = SampledClassifier(
        preprocessing.StandardScaler() | linear_model.LogisticRegression(),
        Rates(false=1.0),
        anchor=anchor,
        seed=1,
    )
    assert model.predict_proba_one({"a": 1.0})[True] == pytest.approx(sigmoid(-2.2), rel=1e-9)
    model.learn_one({"a": 1.0}, True)
    assert len(anchor.learned) == 1


@pytest.mark.parametrize("logit", [math.nan, math.inf, -math.inf])
def test_an_anchor_that_is_not_finite_is_told_so(logit: float) -> None:
    class Broken(BatchModel):
        def logit_one(self, x: Any) -> float:
            return logit

    model = SampledClassifier(LogisticRegression(), anchor=Broken(), seed=1)
    with pytest.raises(ValueError, match=r"^anchor: Broken.logit_one gave a number that is not finite"):
        model.predict_proba_one({"a": 1.0})


class ForwardedRoute:
    """A `Route` by protocol."""

    def __init__(self, route: Route) -> None:
        self.route, self.needs_rates = route, route.needs_rates

    def correct_one(self, p: Any, rates: Any, prior: Any) -> Any:
        return self.route.correct_one(p, rates, prior)

    def give_one(self, y: Any, rate: float, w: float, copies: float) -> float:
        return self.route.give_one(y, rate, w, copies)


@pytest.mark.parametrize(
    ("sampler", "name", "route"),
    [
        (lambda: sampling.UnderSampler(share=0.2), "prior", correction.PriorRatio),
        (sampling.ScoreUnderSampler, "prior", correction.RateRatio),
        (lambda: sampling.UnderSampler(share=0.2), "weight", correction.Weight),
    ],
    ids=["prior", "rates", "weight"],
)
def test_a_route_by_protocol_is_the_one_of_that_name(sampler, name, route):
    def model(correct: Any) -> SampledClassifier:
        learner = preprocessing.StandardScaler() | linear_model.LogisticRegression()
        return SampledClassifier(learner, sampler(), correct, seed=2)

    one, two, three = model(name), model(route()), model(ForwardedRoute(route()))
    for i, (x, y) in enumerate(stream(1_000, 5)):
        x = numbers(x)
        assert one.scores_one(x) == two.scores_one(x) == three.scores_one(x), f"event {i}"
        for each in (one, two, three):
            each.learn_one(x, y)


class Tempered:
    """A `Route` of a third party: notes what it is told, halves the log-odds."""

    needs_rates = True

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.given: list[Any] = []

    def correct_one(self, p: Any, rates: Any, prior: Any) -> Any:
        self.asked.append((dict(rates), dict(prior)))
        masses = {k: q**0.5 for k, q in p.items()}
        total = sum(masses.values())
        return {k: mass / total for k, mass in masses.items()}

    def give_one(self, y: Any, rate: float, w: float, copies: float) -> float:
        self.given.append((y, rate, w, copies))
        return w


def test_a_route_of_a_third_party_is_asked_and_told():
    route = Tempered()
    learner = preprocessing.StandardScaler() | linear_model.LogisticRegression()
    model = SampledClassifier(learner, Rates(false=0.5, true=2.0), route, seed=1)
    p = learner.predict_proba_one({"a": 1.0})[True]
    said = model.predict_proba_one({"a": 1.0})[True]
    assert said == pytest.approx(p**0.5 / (p**0.5 + (1 - p) ** 0.5))
    assert route.asked == [({False: 0.5, True: 2.0}, {False: pytest.approx(0.95), True: pytest.approx(0.05)})]
    model.learn_one({"a": 1.0}, False)
    model.learn_one({"a": 1.0}, True, w=3.0)
    assert route.given[-1] == (True, 2.0, 3.0, 2.0)


# ------------------------------------------------------------------ one event, many ways


def test_every_way_of_an_event_is_the_same_evidence():
    """Learned, scored and learned at once, or served first and learned later, as an engine does."""
    one, once, served = ours(), ours(), ours()
    rng = random.Random(3)
    for i, (x, y) in enumerate(stream(5_000, 3)):
        if i > 1_500 and rng.random() < 0.9:
            x["f2"] = "a word"
        one.learn_one(x, y)
        once.score_learn_one(x, y)
        event = served.serve_one(x)
        if event.learnable:
            served.learn_served_one(event.x, y, memo=event.memo)
    assert one.inferred["f2"]["kind"] == "string"
    assert 0.9 < one.inferred["f1"]["present"] < 1.0
    assert one.inferred == once.inferred == served.inferred
    assert one.revisions == 1
    assert snapshot.dumps(one) == snapshot.dumps(once) == snapshot.dumps(served)


BOUNDED = Schema({"b": Field(min=10.0, max=20.0), "a": Field(min=0.0, max=1.0)})  # not in the order of events
AWRY: list[dict[str, Any]] = [
    {"a": 15.0, "b": 0.5},
    {"b": 15.0, "a": 0.5},
    {"a": True, "b": 12.0},
    {"a": 1, "b": 12},
    {"a": -1e-310, "b": 12.0},
    {"a": 5e-324, "b": 12.0},
    {"a": -0.0, "b": 12.0},
    {"a": 0.5, "b": 12.0, "c": 1.0},
    {"a": 0.5},
]


@pytest.mark.parametrize("x", AWRY, ids=str)
def test_what_a_guard_finds_does_not_depend_on_who_reads_the_event(x):
    """The learner's reader, one of the guard's own around a foreign classifier, and a learner that was not trained."""
    lent, own, new = (
        GuardedClassifier(model, BOUNDED)
        for model in (LogisticRegression(), naive_bayes.GaussianNB(), LogisticRegression())
    )
    for i in range(50):
        for guard in (lent, own):
            guard.learn_one({"a": (i % 7) / 7, "b": 10.0 + i % 9}, i % 7 == 6)
    assert lent.check_one(x) == own.check_one(x) == new.check_one(x)
    for guard in (lent, own, new):
        guard.learn_one(x, True)
    assert lent.counts == own.counts == new.counts


@pytest.mark.parametrize("y", ["no", float("nan"), 2, None])
def test_a_label_that_is_none_is_refused_by_score_learn_one_too(y):
    model = SampledClassifier(LogisticRegression(), seed=1)
    model.learn_one({"a": 1.0}, True)
    before = snapshot.dumps(model)
    with pytest.raises(ValueError):
        model.score_learn_one({"a": 2.0}, y)
    assert snapshot.dumps(model) == before


def test_a_weight_of_one_is_no_weight():
    one, two = ours(), ours()
    for x, y in stream(500, 2):
        one.learn_one(x, y)
        two.learn_one(x, y, w=1.0)
    assert snapshot.dumps(one) == snapshot.dumps(two)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_duplicate_goes_on_alike(duplicate):
    one = ours(Schema({"f0": Field(nullable=True), "country": Field("string")}))
    for x, y in stream(1_000, 3):
        one.learn_one(x, y)
    two = duplicate(one)
    for x, y in stream(500, 4):
        assert one.predict_proba_one(x) == two.predict_proba_one(x)
        one.learn_one(x, y)
        two.learn_one(x, y)
    assert snapshot.dumps(one) == snapshot.dumps(two)
