"""A calibrator on top: fed with the score of now, every labelled event, one per class where there are more."""

from __future__ import annotations

import copy
import math
import pickle
import random
import statistics

import pytest
from river import base, datasets, naive_bayes, preprocessing

from streamimb import (
    CalibratedClassifier,
    Field,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    calibration,
    sampling,
)
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Scores
from tests.compose.parts import Halving, Rates, Recorder, TimeRecorder
from tests.compose.streams import events


def bayes():
    return preprocessing.StandardScaler() | naive_bayes.GaussianNB()


def test_a_platt_mixture_where_none_is_given():
    assert type(CalibratedClassifier(Recorder()).calibrator) is calibration.PlattMixture


def test_serves_what_the_calibrator_makes_of_the_score():
    model = CalibratedClassifier(Recorder(p=0.3), Halving())
    assert model.predict_proba_one({}) == {False: 0.85, True: 0.15}
    assert model.scores_one({}) == (Scores(0.3, 0.3, 0.15), ())
    assert model.kept_share == 1.0


def test_the_calibrator_is_fed_the_score_of_now_before_learning():
    """Not the score that was served: between the two the model has moved."""
    model = CalibratedClassifier(LogisticRegression(), Halving())
    for x, y, _ in events(200, 1, base=-1.0):
        model.learn_one(x, y)
    x = {"a": 1.0, "b": 1.0, "c": 1.0}
    served = model.scores_one(x)[0].corrected
    for other, y, _ in events(200, 2, base=1.0):
        model.learn_one(other, y)
    now = model.scores_one(x)[0].corrected
    assert now != served
    said = model.score_learn_one(x, True)
    assert model.calibrator._fed[-1] == (now, True, 1.0)
    assert (said.corrected, said.calibrated) == (now, now / 2)
    assert model.scores_one(x)[0].corrected > now  # and learned after


@pytest.mark.parametrize("inner", [Recorder, LogisticRegression, bayes], ids=["third party", "ours", "river"])
def test_every_labelled_event_calibrates_sampled_or_not(inner):
    model = CalibratedClassifier(SampledClassifier(inner(), Rates(false=0.05), seed=1), Halving())
    data = events(300, 1)
    for x, y, _ in data:
        now = model.scores_one(x)[0].corrected
        model.learn_one(x, y)
        assert model.calibrator._fed[-1] == (now, y, 1.0)
    assert len(model.calibrator._fed) == len(data)
    assert model.kept_share < 0.3


@pytest.mark.parametrize("name", ["ours", "river"])
def test_the_three_scores_are_those_of_the_parts(name):
    sampled = SampledClassifier(LogisticRegression() if name == "ours" else bayes(), seed=1)
    model = CalibratedClassifier(sampled)
    for x, y, _ in events(1500, 1):
        (scores, _), (inside, _) = model.scores_one(x), sampled.scores_one(x)
        assert (scores.raw, scores.corrected) == (inside.raw, inside.corrected)
        again = model.calibrator.calibrate_one(scores.corrected)
        assert scores.calibrated == again == model.predict_proba_one(x)[True]
        model.learn_one(x, y)
    assert scores.raw != scores.corrected != scores.calibrated
    assert model.kept_share == sampled.kept_share < 0.5


def test_makes_a_wrong_score_true():
    """NaiveBayes under uncorrected doubling of the rare class: mean p over mean true P within 4 standard errors."""

    class Doubled(Recorder):
        def predict_proba_one(self, x, **kwargs):
            p = 1.0 / (1.0 + math.exp(3.5 - 0.8 * x["a"] + 0.6 * x["b"] - 0.4 * x["c"]))
            return {False: 1.0 - p, True: p}

    seed = 3
    model = CalibratedClassifier(Doubled())
    data = events(12_000, seed)
    served = raw = true = 0.0
    for i, (x, y, p) in enumerate(data):
        if i > 4000:
            scores, _ = model.scores_one(x)
            served += scores.calibrated
            raw += scores.raw
            true += p
        model.learn_one(x, y)
    positives = sum(y for _, y, _ in data)
    assert abs(math.log(served / true)) < 4 / positives**0.5, f"seed {seed}"
    assert raw / true > 2


# ------------------------------------------------------------------ weights, keywords


@pytest.mark.parametrize("make", [bayes, Recorder], ids=["river", "third party"])
def test_a_weight_that_would_be_dropped_is_refused_and_calibrates_nothing(make):
    model = CalibratedClassifier(make(), Halving())
    model.learn_one({"a": 1.0}, False)
    with pytest.raises(ValueError, match=r"w: .* takes no weight and would drop it; leave w out"):
        model.learn_one({"a": 1.0}, True, w=5.0)
    assert len(model.calibrator._fed) == 1


@pytest.mark.parametrize("w", [-1.0, float("nan"), float("inf")])
def test_fault_51_no_weight(w):
    model = CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1))
    model.learn_one({"a": 1.0}, True)
    before = snapshot.dumps(model)
    with pytest.raises(ValueError, match=r"w: expected a finite number >= 0"):
        model.learn_one({"a": 1.0}, True, w=w)
    assert snapshot.dumps(model) == before


def test_fault_51_a_weight_of_zero_changes_nothing():
    model = CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1))
    for x, y, _ in events(300, 1):
        model.learn_one(x, y)
    before = snapshot.dumps(model)
    model.learn_one({"a": 1.0}, True, w=0.0)
    assert snapshot.dumps(model) == before


def test_a_weight_reaches_calibrator_and_learner():
    """The calibrator gets it as an effective number of labels: 1 where all are equal, in proportion else."""
    model = CalibratedClassifier(LogisticRegression(), Halving())
    model.learn_one({"a": 1.0}, False, w=3.0)
    assert model.calibrator._fed == [(pytest.approx(0.05), False, 1.0)]
    plain = LogisticRegression()
    plain.learn_one({"a": 1.0}, False, w=3.0)
    assert plain.predict_proba_one({"a": 1.0})[True] == model.scores_one({"a": 1.0})[0].raw
    for i in range(20_000):
        model.learn_one({"a": 1.0}, False, w=1.0 if i % 4 else 21.0)
    (_, _, light), (_, _, heavy) = model.calibrator._fed[-1], model.calibrator._fed[-4]
    assert heavy / light == pytest.approx(21.0, rel=0.05)
    assert 3 * light + heavy == pytest.approx(
        24.0 * 24.0 / 444.0, rel=0.05
    )  # labels that weigh as much as these 4


def test_keywords_are_forwarded_only_where_declared():
    learner = TimeRecorder()
    model = CalibratedClassifier(preprocessing.StandardScaler() | learner)
    model.learn_one({"a": 1.0}, True, t=7)
    with pytest.raises(ValueError, match=r"^tt: no part of this model takes this keyword"):
        model.learn_one({"a": 1.0}, False, tt=9)
    model.learn_one({"a": 1.0}, False)
    assert learner._given == [(7, True), (0, False)]


def test_the_calibrator_is_fed_what_the_classifier_says_with_these_keywords():
    model = CalibratedClassifier(LogisticRegression(), Halving())
    said = model.predict_proba_one({"a": 1.0}, offset=-3.0)[True]
    model.learn_one({"a": 1.0}, False, offset=-3.0)
    assert model.calibrator._fed == [(2 * said, False, 1.0)]
    assert 2 * said == pytest.approx(1 / (1 + math.exp(3)))


# ------------------------------------------------------------------ other labels


@pytest.mark.parametrize(
    "make",
    [
        lambda: CalibratedClassifier(bayes()),
        lambda: CalibratedClassifier(SampledClassifier(bayes(), sampling.UnderSampler(share=0.3), seed=1)),
        lambda: CalibratedClassifier(SampledClassifier(bayes(), seed=1), calibration.Platt()),
    ],
    ids=["bare", "uniform", "by score"],
)
def test_seven_classes_one_calibrator_each(make):
    model, right, seen = make(), 0, set()
    for i, (x, y) in enumerate(datasets.ImageSegments().take(800)):
        p = model.predict_proba_one(x)
        if i > 1:
            assert math.isclose(sum(p.values()), 1.0)
            assert all(0.0 <= q <= 1.0 for q in p.values())
            right += max(p, key=p.get) == y
        model.learn_one(x, y)
        seen.add(y)
    assert seen <= set(model._classes)
    assert len(seen) == 7
    calibrators = [model.calibrator, *model._classes.values()]
    assert len({id(calibrator) for calibrator in calibrators}) == len(calibrators)
    assert right > 350


def test_class_calibrators_are_fed_their_own_class():
    model = CalibratedClassifier(Recorder(p=0.3), Halving())
    model.learn_one({}, False)
    model.learn_one({}, "other")
    assert model._classes[False]._fed == [(0.7, False, 1.0)]
    assert model.calibrator._fed == [(0.3, False, 1.0), (0.3, False, 1.0)]  # it goes on
    assert model._classes["other"]._fed == []
    assert model.predict_proba_one({}) == pytest.approx({False: 0.7, True: 0.3})


REFUSING = {  # these learners know two classes
    "offset": lambda: SampledClassifier(LogisticRegression(), seed=1),
    "frozen": lambda: SampledClassifier(LogisticRegression(), anchor="frozen", seed=1),
    "prior": lambda: SampledClassifier(
        LogisticRegression(), sampling.UnderSampler(share=0.2), "prior", seed=1
    ),
    "pilot": lambda: SampledClassifier(LogisticRegression(), correction="prior", seed=1),
    "weight": lambda: SampledClassifier(LogisticRegression(), correction="weight", seed=1),
    "calibrated": lambda: CalibratedClassifier(LogisticRegression()),
    "both": lambda: CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1)),
    "guarded": lambda: GuardedClassifier(
        CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1)), Schema({"a": Field()})
    ),
}


@pytest.mark.parametrize("events_before", [0, 1, 400])
@pytest.mark.parametrize("name", REFUSING)
def test_fault_42_a_label_that_is_refused_changes_nothing(name, events_before):
    model = REFUSING[name]()
    for x, y, _ in events(events_before, 1, base=-2.0):
        model.learn_one({"a": x["a"]}, y)
    before = snapshot.dumps(model)
    with pytest.raises(ValueError, match=r"True (and|or) False"):
        model.learn_one({"a": 1.0}, "fraud")
    assert snapshot.dumps(model) == before
    assert set(model.predict_proba_one({"a": 1.0})) == {False, True}
    model.learn_one({"a": 1.0}, True)


def test_two_string_labels_come_out_true():
    model = CalibratedClassifier(SampledClassifier(bayes(), sampling.UnderSampler(share=0.3), seed=1))
    seed, total, true = 5, 0.0, 0.0
    data = events(6000, seed, base=-3.0)
    for i, (x, y, p) in enumerate(data):
        if i > 2000:
            total += model.predict_proba_one(x)["bad"]
            true += p
        model.learn_one(x, "bad" if y else "good")
    assert abs(math.log(total / true)) < 4 / sum(y for _, y, _ in data) ** 0.5, f"seed {seed}"


# ------------------------------------------------------------------ copies of it


MADE = {
    "ours": lambda: CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1)),
    "river": lambda: CalibratedClassifier(SampledClassifier(bayes(), seed=1), calibration.Platt()),
    "string labels": lambda: CalibratedClassifier(SampledClassifier(bayes(), seed=1)),
}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize(
    "duplicate",
    [
        copy.deepcopy,
        lambda m: pickle.loads(pickle.dumps(m)),
        lambda m: snapshot.loads(snapshot.dumps(m, allow_pickle=True), allow_pickle=True),
    ],
    ids=["deepcopy", "pickle", "snapshot"],
)
def test_a_copy_goes_on_alike(name, duplicate):
    one = MADE[name]()
    label = {True: "bad", False: "good"} if name == "string labels" else {True: True, False: False}
    data = events(600, 6, base=-2.0)
    for x, y, _ in data[:300]:
        one.learn_one(x, label[y])
    two = duplicate(one)
    for x, y, _ in data[300:]:
        assert one.predict_proba_one(x) == two.predict_proba_one(x)
        one.learn_one(x, label[y])
        two.learn_one(x, label[y])


@pytest.mark.parametrize("name", MADE)
def test_a_clone_has_learned_nothing(name):
    one = MADE[name]()
    fresh = one.clone().predict_proba_one({"a": 1.0})
    for x, y, _ in events(300, 6, base=-2.0):
        one.learn_one(x, y)
    two = one.clone()
    assert two.predict_proba_one({"a": 1.0}) == fresh
    assert two.calibrator is not one.calibrator


def test_a_calibrator_by_protocol_need_not_be_rivers():
    class Bare:
        def learn_one(self, p, y, w=1.0):
            pass

        def calibrate_one(self, p):
            return p * p

    model = CalibratedClassifier(LogisticRegression(), Bare())
    model.learn_one({"a": 1.0}, True)
    assert model.predict_proba_one({"a": 1.0})[True] == model.scores_one({"a": 1.0})[0].corrected ** 2


@pytest.mark.parametrize("duplicate", [lambda m: m, lambda m: pickle.loads(pickle.dumps(m))])
@pytest.mark.parametrize("learner", [bayes, LogisticRegression])
def test_after_a_third_class_the_scores_are_still_those_of_the_classes(learner, duplicate):
    model = GuardedClassifier(CalibratedClassifier(SampledClassifier(learner(), seed=1)), warm_up=100)
    for x, y, _ in events(500, 3):
        model.learn_one(x, y)
    if learner is LogisticRegression:
        with pytest.raises(ValueError):
            model.learn_one(x, "odd")
    else:
        model.learn_one(x, "odd")
    model = duplicate(model)
    for x, y, _ in events(200, 4):
        assert model.scores_one(x)[0].calibrated == pytest.approx(model.predict_proba_one(x)[True], abs=1e-12)
        model.learn_one(x, y)


class Said(base.Classifier):
    """A classifier that says what stands in the event."""

    def learn_one(self, x, y, w=1.0, **kwargs):
        return self

    def predict_proba_one(self, x, **kwargs):
        return {True: x["p"], False: 1.0 - x["p"]}


def harm(seed: int, propensity: float, n: int = 40_000) -> tuple[float, float]:
    """What calibration adds to the normalised entropy of true probabilities, and mean calibrated over mean true.

    What is above .05 always gets a label, and of the others a part, which weighs 1/propensity.
    """
    rng = random.Random(seed)
    model = CalibratedClassifier(Said())
    lost = served = true = 0.0
    for i in range(n):
        p = 1.0 / (1.0 + math.exp(5.0 - rng.gauss(0.0, 1.2)))
        if i >= n // 4:
            q = model.predict_proba_one({"p": p})[True]
            lost += p * math.log(p / q) + (1.0 - p) * math.log((1.0 - p) / (1.0 - q))
            served, true = served + q, true + p
        given = 1.0 if p > 0.05 else propensity
        if rng.random() < given:
            model.learn_one({"p": p}, rng.random() < p, w=1.0 / given)
    rate = true / (n - n // 4)
    entropy = -rate * math.log(rate) - (1.0 - rate) * math.log1p(-rate)
    return lost / (n - n // 4) / entropy, served / true


@pytest.mark.parametrize("propensity", [0.05, 0.02])
def test_scores_that_are_right_are_not_harmed_where_labels_weigh_1_over_their_propensity(propensity):
    found = [harm(seed, propensity) for seed in range(8)]
    for values, centre, bound in zip(zip(*found, strict=True), (0.0, 1.0), (0.0025, 0.03), strict=True):
        error = statistics.stdev(values) / len(values) ** 0.5
        assert abs(statistics.fmean(values) - centre) < bound + 3.0 * error
    assert statistics.fmean(lost for lost, _ in found) < 0.0025
