"""The law of corrections passes lawful parts of others, and finds a broken sampler, learner, route or refusal."""

from __future__ import annotations

from typing import Any

import pytest
from river import naive_bayes

from streamimb import SampledClassifier, checks, linear_model, sampling
from streamimb.checks import corrections
from tests.laws.lawful import Divides, DividesWeights, OverSampler, Residual, Reweights, Weights

N = 20_000


class DrawsAtAnotherRate(OverSampler):
    """The first call for an event says one rate, the second another: it is served at one and drawn at the other."""

    depends_on_x = True

    def __init__(self, rate: float = 5.0) -> None:
        super().__init__(rate)
        self._asked = 0

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        self._asked += 1
        return super().rates_one(x, p, prior) if self._asked % 2 else dict.fromkeys(p, 1.0)


class IgnoresTheShift(Residual):
    """It is trained at the log-odds of the stream, whatever the sampler did."""

    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        super().step_one(x, y, -3.0, w)


class DropsTheWeight(Residual):
    """It declares a weight, and learns each event once."""

    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        super().step_one(x, y, offset, 1.0)


class CorrectsNothing(Divides):
    """A route that hands on what the sampled learner says."""

    def correct_one(self, p: Any, rates: Any, prior: Any) -> dict[Any, float]:
        return dict(p)


class CorrectsTwice(Divides):
    """A route that divides by the rates twice."""

    def correct_one(self, p: Any, rates: Any, prior: Any) -> dict[Any, float]:
        return super().correct_one(super().correct_one(p, rates, prior), rates, prior)


class WeighsAndDivides(Divides):
    """Weights and a correction: the shift is taken out at training and again at serving."""

    def give_one(self, y: Any, rate: float, w: float, copies: float) -> float:
        return w / rate


LAWFUL: dict[str, tuple[Any, Any, Any]] = {
    "a sampler of others": (OverSampler(20.0), linear_model.LogisticRegression(), "offset"),
    "weights of others": (Weights(20.0), linear_model.LogisticRegression(), "offset"),
    "a learner of others": (sampling.UnderSampler(share=0.3), Residual(), "offset"),
    "a route of others": (sampling.UnderSampler(share=0.3), linear_model.LogisticRegression(), Divides()),
    "a route of weights": (sampling.ClassWeights(), linear_model.LogisticRegression(), DividesWeights()),
    "inverse weights": (sampling.UnderSampler(share=0.3), linear_model.LogisticRegression(), Reweights()),
}
BROKEN: dict[str, tuple[Any, Any, Any]] = {
    "rates that are not those of the draw": (
        DrawsAtAnotherRate(20.0),
        linear_model.LogisticRegression(),
        "prior",
    ),
    "a learner that ignores the shift": (OverSampler(20.0), IgnoresTheShift(), "offset"),
    "a learner that drops the weight": (Weights(20.0), DropsTheWeight(), "offset"),
    "a route that corrects nothing": (
        OverSampler(20.0),
        linear_model.LogisticRegression(),
        CorrectsNothing(),
    ),
    "a route that corrects twice": (OverSampler(20.0), linear_model.LogisticRegression(), CorrectsTwice()),
    "weights and a correction": (OverSampler(20.0), linear_model.LogisticRegression(), WeighsAndDivides()),
}


@pytest.mark.parametrize(("sampler", "learner", "route"), LAWFUL.values(), ids=LAWFUL)
def test_lawful_parts_of_others_pass(sampler: Any, learner: Any, route: Any) -> None:
    assert checks.is_true_or_refused(sampler, learner, route, n=N)


@pytest.mark.parametrize(("sampler", "learner", "route"), BROKEN.values(), ids=BROKEN)
def test_a_broken_part_is_found(sampler: Any, learner: Any, route: Any) -> None:
    with pytest.raises(checks.LawBroken, match=r"mean p is [0-9.]+ times the mean true P"):
        checks.is_true_or_refused(sampler, learner, route, n=N)


def test_the_arguments_learn_nothing() -> None:
    sampler, learner = sampling.UnderSampler(share=0.3), linear_model.LogisticRegression()
    before = checks.data_of((sampler, learner))
    checks.is_true_or_refused(sampler, learner, "offset", n=2_000)
    assert checks.data_of((sampler, learner)) == before


def test_what_is_refused_has_no_ratio() -> None:
    assert checks.is_true_or_refused(sampling.ClassWeights(), naive_bayes.GaussianNB()) is None


def test_a_refusal_without_a_way_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> SampledClassifier:
        raise ValueError("correction: wrong")

    monkeypatch.setattr(corrections, "SampledClassifier", refuse)
    with pytest.raises(checks.LawBroken, match="refused without a way out"):
        checks.is_true_or_refused(sampling.UnderSampler(share=0.3), linear_model.LogisticRegression())
