"""A loss written in Python against the public protocol, in each learner, and what is refused of it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from river import base

from streamimb import SampledClassifier, catalogue, checks, losses, sampling
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticGAM, LogisticRegression, SoftmaxGAM, SoftmaxRegression
from tests.losses.test_learned import classes, rare

COSTS = {
    False: 1.0,
    True: 5.0,
    "most": 1.0,
    "some": 2.0,
    "few": 8.0,
    "often": 1.0,
    "seldom": 1.0,
    "rare": 3.0,
}


class Costs(base.Base):
    """Cross-entropy with a cost of each class by its label: p_k is in proportion to q_k / cost_k."""

    needs_calibrator = False
    half_life = 1_000.0

    def __init__(self, power: float = 1.0) -> None:
        self.power = power

    def cost(self, label: Any) -> float:
        return float(COSTS[label] ** self.power)

    def scores_one(self, p: Any, counts: Any) -> dict[Any, float]:
        return {k: math.log(max(1e-300, q)) + math.log(self.cost(k)) for k, q in p.items()}

    def gradient_one(self, scores: Any, y: Any, counts: Any) -> dict[Any, float]:
        top = max(scores.values())
        total = math.fsum(math.exp(u - top) for u in scores.values())
        return {k: self.cost(y) * (math.exp(u - top) / total - (k == y)) for k, u in scores.items()}


class GivesTooLittle(Costs):
    def gradient_one(self, scores: Any, y: Any, counts: Any) -> dict[Any, float]:
        return {y: 1.0}


class GivesNaN(Costs):
    def scores_one(self, p: Any, counts: Any) -> dict[Any, float]:
        return dict.fromkeys(p, math.nan)


class Fails(Costs):
    def gradient_one(self, scores: Any, y: Any, counts: Any) -> dict[Any, float]:
        raise ZeroDivisionError("Fails")


class LikeOurs(Costs):
    """Ours behind the public methods only."""

    inner = losses.LogitAdjusted(tau=1.0, half_life=1_000.0)

    def scores_one(self, p: Any, counts: Any) -> dict[Any, float]:
        return self.inner.scores_one(p, counts)

    def gradient_one(self, scores: Any, y: Any, counts: Any) -> dict[Any, float]:
        return self.inner.gradient_one(scores, y, counts)


class Remembers(Costs):
    def scores_one(self, p: Any, counts: Any) -> dict[Any, float]:
        self.last = len(p)
        return super().scores_one(p, counts)


class IsNotAtRest(Costs):
    def scores_one(self, p: Any, counts: Any) -> dict[Any, float]:
        return {k: math.log(max(1e-300, q)) for k, q in p.items()}


@pytest.mark.parametrize("law", checks.LOSS_LAWS, ids=lambda law: law.__name__)
def test_a_loss_of_a_third_party_is_lawful(law: checks.Law) -> None:
    law(Costs())


@pytest.mark.parametrize(
    ("law", "make"),
    list(zip(checks.LOSS_LAWS, (GivesTooLittle, Remembers, IsNotAtRest), strict=True)),
    ids=lambda part: part.__name__,
)
def test_a_broken_loss_is_found_out(law: checks.Law, make: Any) -> None:
    with pytest.raises(checks.LawBroken):
        law(make())


def test_a_loss_of_ours_behind_the_adapter_learns_what_it_learns_as_a_kernel() -> None:
    own = losses.LogitAdjusted(tau=1.0, half_life=1_000.0)
    for kind in (LogisticRegression, LogisticGAM, SoftmaxRegression, SoftmaxGAM):
        kernel, adapted = kind(loss=own), kind(loss=LikeOurs())
        for x, y, _ in rare(120, 6):
            kernel.learn_one(x, y, 3.0)
            adapted.learn_one(x, y, 3.0)
        x = next(rare(1, 7))[0]
        assert adapted.predict_proba_one(x)[True] == pytest.approx(
            kernel.predict_proba_one(x)[True], rel=1e-9
        )
        assert adapted.scores_one(x)[0].raw == pytest.approx(kernel.scores_one(x)[0].raw, rel=1e-9)


def test_costs_by_label_leave_the_probabilities_of_classes_true() -> None:
    """3,500 events of the commoner class: a standard error of .03 of its sum."""
    model, said, true = (
        SampledClassifier(SoftmaxRegression(loss=Costs()), sampling.UnderSampler(share=0.5), seed=1),
        0.0,
        0.0,
    )
    for t, (x, y, p) in enumerate(classes(4_000, 3)):
        if t >= 1_000:
            said, true = said + model.predict_proba_one(x)["some"], true + p["some"]
        model.learn_one(x, y)
    assert said / true == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("make", [GivesTooLittle, GivesNaN, Fails])
@pytest.mark.parametrize("kind", [LogisticRegression, SoftmaxRegression, SoftmaxGAM])
@pytest.mark.parametrize("w", [1.0, 5.0])
def test_a_loss_that_fails_is_heard_of_and_leaves_the_weights(kind: Any, make: Any, w: float) -> None:
    model, x = kind(loss=make()), {"f0": 1.0}
    with pytest.raises((ValueError, ZeroDivisionError), match=make.__name__):
        model.learn_one(x, False, w)
    if kind is LogisticRegression:
        assert model.predict_offset_one(x, 0.0) == 0.5
    else:
        said = model.predict_offsets_one(x, {False: 0.0, True: 0.0})
        assert said == pytest.approx({False: 0.5, True: 0.5}, abs=1e-15)  # shares sum to 1 but for rounding


def test_what_lacks_a_method_or_has_a_wrong_half_life_is_refused() -> None:
    with pytest.raises(ValueError, match="loss"):
        LogisticRegression(loss=object())  # type: ignore[arg-type]  # the claim
    with pytest.raises(ValueError, match="loss"):
        LogisticRegression(loss=Costs)  # type: ignore[arg-type]  # the claim
    wrong = Costs()
    wrong.half_life = -1.0
    with pytest.raises(ValueError, match="half_life"):
        LogisticRegression(loss=wrong)


def test_a_registered_loss_is_saved_with_its_learner(monkeypatch: Any) -> None:
    monkeypatch.setattr(catalogue, "_BY_NAME", dict(catalogue._BY_NAME))
    monkeypatch.setattr(catalogue, "_BY_CLASS", dict(catalogue._BY_CLASS))
    catalogue.register(Costs, "losses.Costs")
    model = SoftmaxRegression(loss=Costs(power=0.5))
    for x, y, _ in classes(60, 3):
        model.learn_one(x, y)
    again = snapshot.loads(snapshot.dumps(model))
    assert again.loss.power == 0.5
    for x, y, _ in classes(20, 4):
        model.learn_one(x, y)
        again.learn_one(x, y)
    assert snapshot.dumps(again) == snapshot.dumps(model)
