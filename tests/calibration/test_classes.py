"""Temperature and VectorScaling, alone and in a CalibratedClassifier."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from river import base

from streamimb import CalibratedClassifier
from streamimb.calibration import Platt, Temperature, VectorScaling
from streamimb.engine.snapshot import dumps, loads
from streamimb.linear_model import LogisticRegression, SoftmaxRegression
from streamimb.protocols import Calibrator, ClassCalibrator

CENTRES = {"often": 0.0, "seldom": -2.0, "rare": -4.0}


def event(rng: random.Random) -> tuple[dict[str, float], str]:
    masses = {k: math.exp(c + rng.gauss(0.0, 1.0)) for k, c in CENTRES.items()}
    total = sum(masses.values())
    truth = {k: mass / total for k, mass in masses.items()}
    return truth, rng.choices(list(truth), list(truth.values()))[0]


def loss(truth: dict[str, float], q: Any) -> float:
    return sum(p * math.log(p / q[k]) for k, p in truth.items())


def distorted(truth: dict[str, float]) -> dict[str, float]:
    """The rare class three times too high in odds, and its log-odds halved."""
    masses = {k: p if k != "rare" else 3.0 * math.sqrt(p * math.exp(-4.0)) for k, p in truth.items()}
    total = sum(masses.values())
    return {k: mass / total for k, mass in masses.items()}


@pytest.mark.parametrize("seed", range(3))
def test_vector_scaling_repairs_one_class_and_temperature_cannot(seed: int) -> None:
    excess = {}
    for calibrator in (VectorScaling(), Temperature()):
        rng = random.Random(seed)
        total = before = sums = truths = 0.0
        for i in range(20_000):
            truth, y = event(rng)
            p = distorted(truth)
            if i >= 10_000:
                q = calibrator.calibrate_one(p)
                total, before = total + loss(truth, q), before + loss(truth, p)
                sums, truths = sums + q["rare"], truths + truth["rare"]
            calibrator.learn_one(p, y)
        excess[type(calibrator).__name__] = total / before
        if isinstance(calibrator, VectorScaling):
            assert 0.85 < sums / truths < 1.15
    assert excess["VectorScaling"] < 0.1
    assert excess["Temperature"] > 0.3


def test_fitted_on_balanced_classes_it_repairs_a_rare_class_sooner() -> None:
    """In the second thousand events; the labels of the three seeds are the same for both."""
    ratios = {0.0: 0.0, 0.5: 0.0}
    for rho in ratios:
        said = true = 0.0
        for seed in range(3):
            rng, calibrator = random.Random(seed), VectorScaling(rho=rho)
            for i in range(2_000):
                truth, y = event(rng)
                p = distorted(truth)
                if i >= 1_000:
                    said, true = said + calibrator.calibrate_one(p)["rare"], true + truth["rare"]
                calibrator.learn_one(p, y)
        ratios[rho] = said / true
    assert ratios[0.0] > 1.1
    assert ratios[0.5] == pytest.approx(1.0, abs=0.08)


@pytest.mark.parametrize("kind", [Temperature, VectorScaling])
def test_it_starts_as_the_identity(kind: Any) -> None:
    p = {"a": 0.7, "b": 0.2, "c": 0.1}
    assert kind().calibrate_one(p) == pytest.approx(p)


@pytest.mark.parametrize("kind", [Temperature, VectorScaling])
def test_a_label_that_p_lacks_moves_only_the_shares(kind: Any) -> None:
    calibrator = kind()
    for _ in range(5):
        calibrator.learn_one({"a": 0.7, "b": 0.3}, "new")
    slopes = [calibrator.slope] if kind is Temperature else [a for a, _ in calibrator.scalings.values()]
    assert slopes in ([], [1.0])


def test_the_two_kinds_of_calibrators_are_told_apart() -> None:
    assert isinstance(Temperature(), ClassCalibrator)
    assert not isinstance(Platt(), ClassCalibrator)
    assert isinstance(Temperature(), Calibrator)  # the methods have the same names: `joint` decides


class Fixed(base.Classifier):
    """Says what the event says."""

    @property
    def _multiclass(self) -> bool:
        return True

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return dict(x)

    def learn_one(self, x: Any, y: Any) -> None:
        pass


@pytest.mark.parametrize("kind", [Temperature, VectorScaling])
def test_the_wrapper_calibrates_all_classes_by_the_one_calibrator(kind: Any) -> None:
    model: Any = CalibratedClassifier(Fixed(), kind())
    alone = kind()
    rng = random.Random(1)
    for _ in range(3_000):
        truth, y = event(rng)
        p = distorted(truth)
        assert model.predict_proba_one(p) == alone.calibrate_one(p)
        model.learn_one(p, y)
        alone.learn_one(p, y)
    assert model._classes == {}
    back = loads(dumps(model, allow_pickle=True), allow_pickle=True)
    assert back.predict_proba_one(p) == model.predict_proba_one(p)
    assert model.clone().predict_proba_one(p) == pytest.approx(p)


@pytest.mark.parametrize("kind", [Temperature, VectorScaling])
def test_of_true_and_false_it_gives_a_score_at_three_stages(kind: Any) -> None:
    model: Any = CalibratedClassifier(LogisticRegression(), kind())
    rng = random.Random(1)
    for _ in range(5_000):
        y = rng.random() < 0.05
        model.learn_one({"a": rng.gauss(y, 1)}, y)
    scores, memo = model.scores_one({"a": 1.0})
    assert memo == model.classifier.scores_one({"a": 1.0})[1]  # the learner's alone
    assert 0.0 < scores.calibrated < 1.0
    assert model.predict_proba_one({"a": 1.0}) == {True: scores.calibrated, False: 1.0 - scores.calibrated}


def test_positives_before_the_first_negative_teach_it_nothing() -> None:
    model: Any = CalibratedClassifier(LogisticRegression(), VectorScaling())
    for _ in range(20):
        model.learn_one({"a": 1.0}, True)
    assert model.calibrator.scalings == {}
    model.learn_one({"a": 1.0}, False)
    assert set(model.calibrator.scalings) == {True, False}


class Forgets(Temperature):
    def calibrate_one(self, p: Any) -> dict[Any, float]:
        q = super().calibrate_one(p)
        q.pop("rare", None)
        return q


def test_an_answer_that_lacks_a_class_is_refused() -> None:
    model: Any = CalibratedClassifier(Fixed(), Forgets())
    with pytest.raises(
        ValueError, match="calibrate_one lacks a class: it has to give a probability of every class"
    ):
        model.predict_proba_one({"often": 0.9, "rare": 0.1})


def test_behind_our_learner_of_many_classes_it_does_no_harm() -> None:
    alone: Any = SoftmaxRegression()
    model: Any = CalibratedClassifier(SoftmaxRegression(), VectorScaling())
    rng, sums = random.Random(2), [0.0, 0.0]
    for i in range(15_000):
        y = rng.choices(["a", "b", "c"], [0.9, 0.09, 0.01])[0]
        x: dict[Any, Any] = {"u": rng.gauss("abc".index(y), 1.0), "v": rng.gauss(0.0, 1.0)}
        if i >= 5_000:
            for j, each in enumerate((alone, model)):
                sums[j] -= math.log(each.predict_proba_one(x)[y]) / 10_000
        alone.learn_one(x, y)
        model.learn_one(x, y)
    assert sums[1] < sums[0] + 0.002, sums
