"""What parts of somebody else answer is checked and converted once; the message names the part at fault."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from river import base, naive_bayes
from river import linear_model as river_linear

from streamimb import (
    CalibratedClassifier,
    GuardedClassifier,
    SampledClassifier,
    linear_model,
    sampling,
)
from streamimb.engine import snapshot

X = {"a": 1.0}


class Twice:
    """A number whose second conversion gives another one."""

    def __init__(self, *values: float) -> None:
        self.values = list(values)

    def __float__(self) -> float:
        return self.values.pop(0) if len(self.values) > 1 else self.values[0]


class Gives(base.Base):
    """A sampler, calibrator, correction, anchor or classifier that answers what it was made with."""

    depends_on_x, draws, needs_rates, memo_size = False, True, False, 0

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer

    def _said(self, given: Any) -> Any:
        return self.answer(given) if callable(self.answer) else self.answer

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return {label: self._said(label) for label in p}

    def calibrate_one(self, p: Any) -> Any:
        return self._said(p)

    def correct_one(self, p: Any, rates: Any, prior: Any) -> Any:
        return self._said(p)

    def logit_one(self, x: Any) -> Any:
        return self._said(x)

    def give_one(self, y: Any, rate: float, w: float, copies: float) -> float:
        return w

    def learn_one(self, *_: Any, **__: Any) -> None:
        pass


def half(_: Any) -> Any:
    return Fraction(1, 2)


def then_nan(_: Any) -> Any:
    return Twice(0.5, math.nan)


def then_negative(_: Any) -> Any:
    return Twice(0.5, -5.0)


LEARNERS: dict[str, Any] = {
    "offset": linear_model.LogisticRegression,
    "classes": linear_model.SoftmaxRegression,
    "mapping": naive_bayes.GaussianNB,
}


@pytest.mark.parametrize("labels", [(False, True), ("a", "b")])
@pytest.mark.parametrize("name", LEARNERS)
def test_rates_are_converted_once(name: str, labels: tuple[Any, Any]) -> None:
    if name == "offset" and labels[0] == "a":
        return
    for answer in (half, then_nan, then_negative):
        model = SampledClassifier(LEARNERS[name](), Gives(answer), seed=1)
        for i in range(6):
            model.learn_one({"a": float(i)}, labels[i % 2])
        assert all(type(rate) is float and rate == 0.5 for rate in model.last_rates.values())
        assert 0.0 <= model.kept_share <= 1.0
        assert sum(model.predict_proba_one(X).values()) == pytest.approx(1.0)
        snapshot.dumps(model, allow_pickle=True)


@pytest.mark.parametrize("answer", ["1", b"1", 1j, [0.5], object()])
@pytest.mark.parametrize("name", LEARNERS)
def test_a_rate_that_is_no_number_is_refused_by_the_name_of_the_sampler(name: str, answer: Any) -> None:
    model = SampledClassifier(LEARNERS[name](), Gives(answer), seed=1)
    with pytest.raises(ValueError, match=r"^Gives\.rates_one gave \w+: it has to give a number"):
        model.learn_one(X, True)


@pytest.mark.parametrize("answer", [math.nan, 2.0, -1.0, None, "0.5", 1j])
def test_what_is_no_probability_is_refused_by_the_name_of_the_part(answer: Any) -> None:
    calibrated = CalibratedClassifier(linear_model.LogisticRegression(), Gives(answer))
    with pytest.raises(ValueError, match=r"^Gives\.calibrate_one gave"):
        calibrated.predict_proba_one(X)
    corrected = SampledClassifier(
        naive_bayes.GaussianNB(), sampling.UnderSampler(share=0.2), Gives(lambda p: dict.fromkeys(p, answer))
    )
    with pytest.raises(ValueError, match=r"^Gives\.correct_one gave"):
        corrected.predict_proba_one(X)


def test_an_anchor_that_gives_no_number_is_named() -> None:
    model = SampledClassifier(linear_model.LogisticRegression(), anchor=Gives("1"), seed=1)
    with pytest.raises(ValueError, match=r"^Gives\.logit_one gave str"):
        model.predict_proba_one(X)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda p: {True: 0.5}, "lacks a class"),
        (lambda p: dict.fromkeys(p, 0.9), "gave probabilities that do not sum to 1"),
        (lambda p: None, "gave NoneType: it has to give a mapping"),
        (lambda p: [0.5, 0.5], "gave list: it has to give a mapping"),
    ],
)
def test_a_correction_gives_a_probability_of_every_class(answer: Any, said: str) -> None:
    model = SampledClassifier(naive_bayes.GaussianNB(), sampling.UnderSampler(share=0.2), Gives(answer))
    with pytest.raises(ValueError, match=rf"^Gives\.correct_one {said}"):
        model.predict_proba_one(X)


def learn_and_ask(model: Any, y: Any) -> None:
    model.learn_one(X, y)
    model.predict_proba_one(X)


class Joint(Gives):
    """A calibrator of all classes."""

    joint = True


@pytest.mark.parametrize("labels", [(False, True), ("a", "b")])
def test_a_calibrator_of_all_classes_gives_probabilities_that_sum_to_1(labels: tuple[Any, Any]) -> None:
    model = CalibratedClassifier(linear_model.SoftmaxRegression(), Joint(lambda p: dict.fromkeys(p, 0.9)))
    for y in labels:
        with pytest.raises(
            ValueError, match=r"^Joint\.calibrate_one gave probabilities that do not sum to 1"
        ):
            learn_and_ask(model, y)


def test_calibrators_that_all_answer_0_leave_the_answer_as_it_was() -> None:
    inner = linear_model.SoftmaxRegression()
    model = CalibratedClassifier(inner, Gives(0.0))
    for y in "abab":
        model.learn_one(X, y)
    assert model.predict_proba_one(X) == inner.predict_proba_one(X)


@pytest.mark.parametrize("weight", [math.nan, -1.0, math.inf, None, "1"])
def test_a_weight_that_is_none_teaches_nothing(weight: Any) -> None:
    class Wrong(Gives):
        def give_one(self, *_: Any) -> Any:
            return weight

    inner = river_linear.LogisticRegression()
    model = SampledClassifier(inner, sampling.UnderSampler(share=0.2), Wrong(lambda p: p), seed=1)
    with pytest.raises(ValueError, match=r"^Wrong\.give_one gave"):
        for i in range(40):
            model.learn_one(X, i % 2 == 1)
    assert inner._weights.to_numpy([]).size == 0
    assert math.isfinite(model.predict_proba_one(X)[True])


class Named(base.Classifier):
    """A classifier of classes by name."""

    _multiclass = True

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer

    def learn_one(self, x: Any, y: Any) -> None:
        pass

    def predict_proba_one(self, x: Any, **_: Any) -> Any:
        return self.answer


@pytest.mark.parametrize("wrong", [math.nan, None, "0.5", 2.0])
def test_a_guard_passes_on_probabilities_alone(wrong: Any) -> None:
    model = GuardedClassifier(Named({"a": wrong, "b": 0.5}))
    with pytest.raises(ValueError, match="the classifier gives"):
        model.predict_proba_one(X)
    given = GuardedClassifier(Named({"a": Fraction(1, 2), "b": 0.5})).predict_proba_one(X)
    assert all(type(p) is float for p in given.values())


@pytest.mark.parametrize("name", ["calibrated", "sampled"])
def test_a_class_that_no_state_can_hold_is_not_learned(name: str) -> None:
    inner = Named({"\ud800": 0.5, "b": 0.5})
    model = (
        CalibratedClassifier(inner)
        if name == "calibrated"
        else SampledClassifier(inner, sampling.UnderSampler(share=0.5), seed=1)
    )
    with pytest.raises(ValueError, match="a class of a string with a lone surrogate"):
        model.learn_one(X, "b")
    snapshot.dumps(model, allow_pickle=True)


class Emptying(Gives):
    """A part that empties what it is given."""

    def learn_one(self, *given: Any, **_: Any) -> None:
        for one in given:
            if isinstance(one, dict) and one is not X:
                one.clear()

    def correct_one(self, p: Any, rates: Any, prior: Any) -> Any:
        answer = dict(p)
        for one in (p, rates, prior):
            one.clear()
        return answer

    def calibrate_one(self, p: Any) -> Any:
        answer = dict(p)
        p.clear()
        return answer


@pytest.mark.parametrize("labels", [(False, True), ("a", "b")])
def test_parts_get_copies(labels: tuple[Any, Any]) -> None:
    class EmptyingJoint(Emptying):
        joint = True

    for make in (
        lambda: SampledClassifier(linear_model.SoftmaxRegression(), Emptying(0.5), seed=1),
        lambda: SampledClassifier(naive_bayes.GaussianNB(), Emptying(0.5), seed=1),
        lambda: SampledClassifier(naive_bayes.GaussianNB(), Emptying(0.5), Emptying(), seed=1),
        lambda: CalibratedClassifier(
            SampledClassifier(linear_model.SoftmaxRegression(), Emptying(0.5), seed=1), EmptyingJoint()
        ),
    ):
        model: Any = make()
        for i in range(8):
            model.learn_one(X, labels[i % 2])
        inner = model.classifier if isinstance(model, CalibratedClassifier) else model
        assert inner.last_rates == dict.fromkeys(labels, 0.5)
        assert sum(model.predict_proba_one(X).values()) == pytest.approx(1.0)


class Odd:
    """A synthesizer whose second example cannot be read."""

    def learn_one(self, x: Any, y: Any) -> None:
        pass

    def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
        return [(dict(x), copies / 2), ({"a": object()}, copies / 2)]


@pytest.mark.parametrize("name", ["offset", "classes"])
def test_an_example_that_cannot_be_read_is_refused_before_the_learner_has_changed(name: str) -> None:
    learner = LEARNERS[name]()
    model = SampledClassifier(learner, sampling.OverSampler(share=0.5), synthesizer=Odd(), seed=1)
    for i in range(20):
        model.learn_one({"a": float(i)}, False)
    before = snapshot.dumps(learner)
    refused = 0
    for _ in range(5):
        try:
            model.learn_one({"a": 3.0}, True)
        except TypeError:
            assert snapshot.dumps(learner) == before
            refused += 1
        before = snapshot.dumps(learner)
    assert refused > 0


@pytest.mark.parametrize("examples", [None, [1], [({"a": 1.0},)], [({"a": 1.0}, "1")], [({"a": 1.0}, None)]])
def test_what_are_no_examples_is_refused_in_words(examples: Any) -> None:
    class Wrong(Odd):
        def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
            return examples

    model = SampledClassifier(
        linear_model.LogisticRegression(), sampling.OverSampler(share=0.5), synthesizer=Wrong(), seed=1
    )
    for i in range(20):
        model.learn_one({"a": float(i)}, False)
    with pytest.raises(ValueError, match=r"^synthesizer: |^Wrong\.examples_one gave"):
        for _ in range(20):
            model.learn_one({"a": 3.0}, True)


class Short(base.Classifier):
    """A learner whose methods call the object `s`."""

    def learn_one(s, x: Any, y: Any) -> Any:
        pass

    def predict_proba_one(s, x: Any, **_: Any) -> Any:
        return {False: 0.5, True: 0.5}

    def predict_offset_one(s, x: Any, offset: Any) -> Any:
        return 0.5

    def observe_one(s, x: Any, y: Any, offset: Any, w: Any = 1.0) -> Any:
        pass

    def step_one(s, x: Any, y: Any, offset: Any, w: Any = 1.0) -> Any:
        pass


def test_the_object_itself_is_no_keyword_whatever_its_name() -> None:
    model = SampledClassifier(Short(), seed=1)
    model.learn_one(X, True)
    assert 0.0 < model.predict_proba_one(X)[True] < 1.0
