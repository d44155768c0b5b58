"""What a loss states: its gradient, the way from a probability to its score and back, what it reduces to."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

import pytest

from streamimb import losses
from streamimb.checks import data_of
from tests.laws.table import LOSSES

CROSS_ENTROPIES: dict[str, Any] = {
    "Focal at gamma 0": losses.Focal(gamma=0.0),
    "ClassBalanced at beta 0": losses.ClassBalanced(beta=0.0),
    "LogitAdjusted at tau 0": losses.LogitAdjusted(tau=0.0),
    "LDAM without a margin": losses.LDAM(margin=0.0),
    "VS without factors": losses.VS(tau=0.0, gamma=0.0),
    "Seesaw without factors": losses.Seesaw(mitigation=0.0, compensation=0.0),
}
EXACT = [name for name, make in LOSSES.items() if not make().needs_calibrator]


def softmax(u: dict[Any, float]) -> dict[Any, float]:
    top = max(u.values())
    total = math.fsum(math.exp(s - top) for s in u.values())
    return {k: math.exp(s - top) / total for k, s in u.items()}


def cases(spread: float, repeats: int = 30) -> Iterator[tuple[dict[int, float], dict[int, float], int]]:
    """Scores, counts from 1 to 100,000, and a label, for 2, 3 and 7 classes."""
    rng = random.Random(7)
    for classes in (2, 3, 7):
        for _ in range(repeats):
            u = {k: rng.gauss(0.0, spread) for k in range(classes)}
            yield u, {k: 10.0 ** rng.uniform(0.0, 5.0) for k in u}, rng.randrange(classes)


def numerical(loss: Any, u: dict[int, float], y: int, counts: dict[int, float]) -> dict[int, float]:
    step = 1e-5
    return {
        k: (loss.value_one({**u, k: s + step}, y, counts) - loss.value_one({**u, k: s - step}, y, counts))
        / (2.0 * step)
        for k, s in u.items()
    }


@pytest.mark.parametrize("name", [name for name in LOSSES if not name.startswith("Seesaw")])
def test_the_gradient_is_the_derivative_of_the_value(name: str) -> None:
    loss = LOSSES[name]()
    for u, counts, y in cases(3.0):
        expected = numerical(loss, u, y, counts)
        assert loss.gradient_one(u, y, counts) == pytest.approx(expected, abs=2e-8, rel=2e-8)


def test_the_gradient_of_seesaw_takes_its_factors_as_constant() -> None:
    loss = losses.Seesaw(mitigation=0.8, compensation=2.0)
    for u, counts, y in cases(3.0):
        q = softmax(u)
        factors = {
            k: min(1.0, counts[k] / counts[y]) ** 0.8 * max(1.0, max(q[k], 0.01) / max(q[y], 0.01)) ** 2
            for k in u
        }
        pressed = softmax({k: u[k] + math.log(factors[k]) for k in u})
        expected = {k: pressed[k] - (k == y) for k in u}
        assert loss.gradient_one(u, y, counts) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("spread", [0.1, 3.0, 20.0])
@pytest.mark.parametrize("name", EXACT)
def test_the_probability_that_a_score_means_has_that_score(name: str, spread: float) -> None:
    loss = LOSSES[name]()
    for f, counts, _ in cases(spread):
        p = softmax(f)
        assert loss.probabilities_one(loss.scores_one(p, counts), counts) == pytest.approx(p, rel=1e-10)


@pytest.mark.parametrize("name", CROSS_ENTROPIES)
def test_without_its_parameter_a_loss_is_the_cross_entropy(name: str) -> None:
    loss = CROSS_ENTROPIES[name]
    for u, counts, y in cases(3.0):
        q = softmax(u)
        assert loss.value_one(u, y, counts) == pytest.approx(-math.log(q[y]), rel=1e-12)
        assert loss.gradient_one(u, y, counts) == pytest.approx({k: q[k] - (k == y) for k in u}, abs=1e-12)
        assert loss.probabilities_one(u, counts) == pytest.approx(q, rel=1e-12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (losses.VS(tau=1.5, gamma=0.0), losses.LogitAdjusted(tau=1.5)),
        (losses.EqualizedFocal(gamma=2.0, scale=0.0), losses.Focal(gamma=2.0)),
    ],
    ids=["VS", "EqualizedFocal"],
)
def test_a_wider_loss_without_its_parameter_is_the_narrower_one(one: Any, other: Any) -> None:
    for u, counts, y in cases(3.0):
        p = softmax(u)
        assert one.value_one(u, y, counts) == other.value_one(u, y, counts)
        assert one.gradient_one(u, y, counts) == other.gradient_one(u, y, counts)
        assert one.scores_one(p, counts) == other.scores_one(p, counts)


def test_an_equalized_class_in_balance_has_the_power_of_focal_and_another_one_more() -> None:
    """At g = 1/2 the power is 2 + 8/2 = 6, and the weight 3."""
    loss, u = losses.EqualizedFocal(gamma=2.0, scale=8.0), {0: 0.0, 1: math.log(3.0)}
    assert loss.value_one(u, 1, {0: 1, 1: 1}) == pytest.approx(-(0.25**2) * math.log(0.75), rel=1e-12)
    assert loss.value_one(u, 1, {0: 1, 1: 0.5}) == pytest.approx(-3.0 * 0.25**6 * math.log(0.75), rel=1e-12)


def test_the_vector_scaling_loss_is_the_published_one() -> None:
    loss, counts = losses.VS(tau=1.0, gamma=0.5), {0: 400.0, 1: 100.0}
    expected = math.log1p(math.exp((2.0 + math.log(400.0)) - (0.5 * 3.0 + math.log(100.0))))
    assert loss.value_one({0: 2.0, 1: 3.0}, 1, counts) == pytest.approx(expected, rel=1e-12)
    p = {0: 0.7, 1: 0.3}
    u = loss.scores_one(p, counts)
    assert u[0] + u[1] / 0.5 == pytest.approx(0.0, abs=1e-12)


def test_weights_of_classes_go_from_even_to_inverse_frequencies() -> None:
    counts, even = {0: 9_000.0, 1: 900.0, 2: 90.0}, {0: 0.0, 1: 0.0, 2: 0.0}
    nearly = losses.ClassBalanced(beta=1.0 - 1e-9)
    values = [nearly.value_one(even, y, counts) for y in counts]
    assert values[1] / values[0] == pytest.approx(10.0, rel=1e-4)
    assert values[2] / values[0] == pytest.approx(100.0, rel=1e-4)


def test_the_focal_loss_is_the_published_one() -> None:
    assert losses.Focal(gamma=2.0).value_one({0: 0.0, 1: math.log(3.0)}, 1, {0: 1, 1: 1}) == pytest.approx(
        -(0.25**2) * math.log(0.75), rel=1e-12
    )


def test_the_rarest_class_has_the_whole_margin_and_the_others_less() -> None:
    loss, u = losses.LDAM(margin=0.5), {0: 0.0, 1: 0.0}
    counts = {0: 16_000.0, 1: 1_000.0}
    assert loss.value_one(u, 1, counts) == pytest.approx(math.log1p(math.exp(0.5)), rel=1e-12)
    assert loss.value_one(u, 0, counts) == pytest.approx(math.log1p(math.exp(0.25)), rel=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_a_state_is_the_parameters_and_wrong_ones_are_refused(name: str) -> None:
    loss = LOSSES[name]()
    state = loss.__getstate__()
    assert data_of(loss)
    assert state == {key: getattr(loss, key) for key in state}
    again = loss.clone()
    again.__setstate__(state)
    case = next(cases(1.0))
    assert again.gradient_one(case[0], case[2], case[1]) == loss.gradient_one(case[0], case[2], case[1])
    for key in state:
        for wrong in (-1.0, float("nan"), "a", None):
            with pytest.raises(ValueError, match=key):
                type(loss)(**{**state, key: wrong})
            with pytest.raises(ValueError, match=key):
                again.__setstate__({**state, key: wrong})
    assert again.__getstate__() == state


def test_scores_without_counts_or_label_are_refused() -> None:
    loss = losses.Focal()
    with pytest.raises(ValueError, match="counts"):
        loss.value_one({0: 0.0, 1: 0.0}, 1, {0: 5})
    with pytest.raises(ValueError, match="y:"):
        loss.gradient_one({0: 0.0, 1: 0.0}, 2, {0: 5, 1: 5})
