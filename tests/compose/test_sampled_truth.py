"""What a sampled classifier serves is true of the unsampled stream, for two classes and more; copies go on alike."""

from __future__ import annotations

import copy
import math
import pickle
import random
from typing import Any

import pytest
from river import base, datasets, linear_model, naive_bayes, optim, preprocessing, tree

from streamimb import SampledClassifier, sampling
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import Rates, Recorder
from tests.compose.streams import events


def river():
    return preprocessing.StandardScaler() | linear_model.LogisticRegression(
        optim.AdaGrad(0.3), intercept_lr=0.1
    )


def bayes():
    return preprocessing.StandardScaler() | naive_bayes.GaussianNB()


# ------------------------------------------------------------------ true probabilities


ROUTES = {
    "offset, uniform": lambda s: SampledClassifier(
        LogisticRegression(), sampling.UnderSampler(share=0.2), seed=s
    ),
    "offset, by score": lambda s: SampledClassifier(LogisticRegression(), seed=s),
    "offset, class weights": lambda s: SampledClassifier(
        LogisticRegression(), sampling.ClassWeights(), seed=s
    ),
    "prior": lambda s: SampledClassifier(river(), sampling.UnderSampler(share=0.2), seed=s),
    "prior, bayes": lambda s: SampledClassifier(bayes(), sampling.UnderSampler(share=0.2), seed=s),
    "self-pilot": lambda s: SampledClassifier(river(), seed=s),
    "self-pilot, bayes": lambda s: SampledClassifier(bayes(), seed=s),
    "weight": lambda s: SampledClassifier(
        LogisticRegression(), sampling.UnderSampler(share=0.2), correction="weight", seed=s
    ),
}


@pytest.mark.parametrize("make", ROUTES.values(), ids=ROUTES)
def test_the_probability_is_that_of_the_unsampled_stream(make):
    """Mean p over mean true P; what is known of the base rate rests on the positives seen: 4 standard errors."""
    seed, n, skip = 11, 12_000, 3_000
    model = make(seed)
    data = events(n, seed)
    served = raw = true = 0.0
    for i, (x, y, p) in enumerate(data):
        if i >= skip and i % 3 == 0:
            scores, _ = model.scores_one(x)
            served += scores.corrected
            raw += scores.raw
            true += p
        model.learn_one(x, y)
    positives = sum(y for _, y, _ in data)
    assert abs(math.log(served / true)) < 4 / positives**0.5, f"seed {seed}"
    if model.correction != "weight":
        assert raw / true > 3, "an uncorrected sampler would say the same"
    if "class weights" not in str(model.sampler) and model.sampler.draws:
        assert model.kept_share < 0.25


# ------------------------------------------------------------------ other labels


CLASSES = {
    "uniform": lambda: SampledClassifier(bayes(), sampling.UnderSampler(share=0.3), seed=1),
    "by score": lambda: SampledClassifier(bayes(), seed=1),
    "keep rate": lambda: SampledClassifier(bayes(), sampling.ScoreUnderSampler(keep_rate=0.5), seed=1),
    "tree": lambda: SampledClassifier(tree.HoeffdingTreeClassifier(), seed=1),
}


@pytest.mark.parametrize("make", CLASSES.values(), ids=CLASSES)
def test_seven_classes(make):
    model, right = make(), 0
    seen: set[str] = set()
    for i, (x, y) in enumerate(datasets.ImageSegments().take(1200)):
        p = model.predict_proba_one(x)
        if i > 0:
            assert math.isclose(sum(p.values()), 1.0)
            assert all(0.0 <= q <= 1.0 for q in p.values())
        if len(seen) > 1:
            assert set(p) == seen
            right += max(p, key=p.get) == y
        model.learn_one(x, y)
        seen.add(y)
        assert set(model.last_rates) == seen
    assert len(seen) == 7
    assert right > 600  # one in seven by chance: 170


def test_two_string_labels_are_corrected():
    model = SampledClassifier(bayes(), sampling.UnderSampler(share=0.3), seed=1)
    seed, total, true = 5, 0.0, 0.0
    data = events(8000, seed, base=-3.0)
    for i, (x, y, p) in enumerate(data):
        if i > 2000:
            total += model.predict_proba_one(x)["bad"]
            true += p
        model.learn_one(x, "bad" if y else "good")
    positives = sum(y for _, y, _ in data)
    assert abs(math.log(total / true)) < 4 / positives**0.5, f"seed {seed}"
    assert model.kept_share < 0.4
    assert set(model.predict_proba_one({})) == {"bad", "good"}


def test_from_bools_to_others_mid_stream():
    model = SampledClassifier(bayes(), sampling.UnderSampler(share=0.3), seed=1)
    rng, means = random.Random(2), {True: 2, False: 0, "unsure": -2}
    for i in range(600):
        y: Any = rng.choice([True, False, False]) if i < 300 else rng.choice([True, False, "unsure"])
        model.learn_one({"a": rng.gauss(means[y], 1)}, y)
    p: Any = model.predict_proba_one({"a": -2.5})
    assert set(p) == {False, True, "unsure"}
    assert max(p, key=p.get) == "unsure"
    assert model.scores_one({"a": 2.5})[0].corrected == model.predict_proba_one({"a": 2.5})[True] > 0.5


def test_an_offset_learner_refuses_other_labels_and_names_the_way_out():
    model = SampledClassifier(LogisticRegression(), seed=1)
    model.learn_one({"a": 1.0}, True)
    with pytest.raises(ValueError, match=r"OneVsRestClassifier"):
        model.learn_one({"a": 1.0}, "fraud")


# ------------------------------------------------------------------ copies of it


MADE = {
    **ROUTES,
    "string labels": lambda s: SampledClassifier(bayes(), sampling.UnderSampler(share=0.3), seed=s),
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
    one = MADE[name](4)
    label = {True: "bad", False: "good"} if name == "string labels" else {True: True, False: False}
    data = events(600, 6, base=-2.0)
    for x, y, _ in data[:300]:
        one.learn_one(x, label[y])
    two = duplicate(one)
    assert (two.last_rates, two.kept_share) == (one.last_rates, one.kept_share)
    for x, y, _ in data[300:]:
        assert one.predict_proba_one(x) == two.predict_proba_one(x)
        one.learn_one(x, label[y])
        two.learn_one(x, label[y])
    assert one.last_rates == two.last_rates


@pytest.mark.parametrize("name", ROUTES)
def test_a_clone_has_learned_nothing(name):
    one = ROUTES[name](4)
    fresh = [one.clone().predict_proba_one({"a": 1.0})]
    for x, y, _ in events(300, 6, base=-2.0):
        one.learn_one(x, y)
    two = one.clone()
    assert two.kept_share == 1.0
    assert [two.predict_proba_one({"a": 1.0})] == fresh
    assert two.sampler is not one.sampler


def test_equal_seeds_draw_alike_and_others_do_not():
    def kept(seed):
        learner = Recorder()
        model = SampledClassifier(learner, Rates(), seed=seed)
        for i in range(200):
            model.learn_one({"i": i}, False)
        return [x["i"] for x, _ in learner._given]

    assert kept(1) == kept(1)
    assert kept(1) != kept(2)
    assert kept(None) != kept(None)


def test_a_sampler_by_protocol_need_not_be_rivers():
    class Bare:
        depends_on_x = False
        draws = True

        def rates_one(self, x, p, prior):
            return dict.fromkeys(p, 0.5)

        def learn_one(self, x, y, p, rates, prior, w=1.0):
            pass

    model = SampledClassifier(LogisticRegression(), Bare(), seed=1)
    for x, y, _ in events(300, 1):
        model.learn_one(x, y)
    assert model.last_shift == 0.0
    assert 0.3 < model.kept_share < 0.7
    assert isinstance(model, base.Classifier)


# ------------------------------------------------------------------ explanations


@pytest.mark.parametrize("wrap", [lambda m: m, lambda m: preprocessing.StandardScaler() | m])
def test_contributions_sum_to_the_corrected_log_odds(wrap):
    model = SampledClassifier(wrap(LogisticRegression()), seed=1)
    for x, y, _ in events(2000, 7):
        model.learn_one(x, y)
    for x, _, _ in events(50, 8):
        rows = model.contributions_one(x)
        p = model.scores_one(x)[0].corrected
        assert math.fsum(rows.values()) == pytest.approx(math.log(p / (1 - p)), abs=1e-12)
    assert set(rows) == {*x, "(intercept)", "(anchor)", "(mixture)"}


def test_contributions_need_a_learner_that_has_them():
    with pytest.raises(ValueError, match="LogisticRegression does not say what features add"):
        SampledClassifier(river(), seed=1).contributions_one({"a": 1.0})
