"""Members that are replaced where a class changed, whatever its share, and by nothing else."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

import pytest
from river import base

from streamimb import ensemble, linear_model
from streamimb.engine.snapshot import dumps, loads


class Means(base.Classifier):
    """The mean of x["a"] in each class, of all events: it forgets nothing."""

    def __init__(self) -> None:
        self.n, self.sum = {False: 1.0, True: 1.0}, {False: 0.0, True: 0.0}

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        self.n[y] += w
        self.sum[y] += w * x["a"]

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        p = {
            y: self.n[y] * math.exp(-0.5 * min(50.0, (x["a"] - self.sum[y] / self.n[y]) ** 2))
            for y in (False, True)
        }
        total = p[False] + p[True]
        return {y: value / total for y, value in p.items()}


FORESTS: dict[str, Any] = {
    "adaptive": lambda model, **more: ensemble.AdaptiveRandomForestClassifier(model, 4, seed=1, **more),
    "cost-sensitive": lambda model, **more: ensemble.CostSensitiveForestClassifier(model, 4, seed=1, **more),
}


def events(
    n: int, share: float, change: int | None, seed: int = 1
) -> Iterator[tuple[dict[str, float], bool]]:
    """From event `change` on the rare class lies on the other side."""
    rng = random.Random(seed)
    for i in range(n):
        y, side = rng.random() < share, -1.0 if change is not None and i >= change else 1.0
        yield {"a": rng.gauss(2.0 * side * y, 1.0), "b": rng.gauss(0.0, 1.0)}, y


@pytest.mark.parametrize("kind", FORESTS)
def test_every_member_is_replaced_after_the_rare_class_changed(kind: str) -> None:
    model = FORESTS[kind](Means())
    for i, (x, y) in enumerate(events(10_000, 0.05, 6_000)):
        if i == 6_000:
            assert model.replaced == 0
        model.learn_one(x, y)
    assert model.replaced >= 4, "seed 1"
    left, right = ({"a": a, "b": 0.0} for a in (-2.0, 2.0))
    assert model.predict_proba_one(left)[True] > 3.0 * model.predict_proba_one(right)[True]


def test_a_quiet_stream_and_a_moving_prior_replace_next_to_nothing() -> None:
    """Of 12 members over 12,000 events, in which the prior moves from 1 to 6 % and back."""
    replaced = 0
    for seed in range(3):
        model = ensemble.AdaptiveRandomForestClassifier(linear_model.LogisticRegression(), 4, seed=seed)
        for share in (0.01, 0.06, 0.01):
            for x, y in events(4_000, share, None, seed):
                model.learn_one(x, y)
        replaced += model.replaced
    assert replaced <= 2, "seeds 0 to 2"


@pytest.mark.parametrize("kind", FORESTS)
def test_a_state_saved_while_successors_learn_goes_on_as_if_never_saved(kind: str) -> None:
    model = FORESTS[kind](Means())
    stream = iter(list(events(8_000, 0.05, 6_000)))
    for x, y in stream:
        model.learn_one(x, y)
        if any(watched.seen > 0.0 for watched in model._members.watched):
            break
    again = loads(dumps(model, allow_pickle=True), allow_pickle=True)
    for x, y in stream:
        assert again.predict_proba_one(x) == model.predict_proba_one(x)
        model.learn_one(x, y)
        again.learn_one(x, y)
    assert again.replaced == model.replaced > 0


@pytest.mark.parametrize("part", ["watched", "prior", "draw", "replaced", "members"])
def test_a_damaged_state_is_refused_and_changes_nothing(part: str) -> None:
    model = FORESTS["adaptive"](linear_model.LogisticRegression())
    for x, y in events(300, 0.2, None):
        model.learn_one(x, y)
    state = model.__getstate__()
    state["members"] = {**state["members"], part: None}
    other = FORESTS["adaptive"](linear_model.LogisticRegression())
    before = dumps(other, allow_pickle=False)
    with pytest.raises(ValueError, match="state"):
        other.__setstate__(state)
    assert dumps(other, allow_pickle=False) == before


def test_the_cost_sensitive_forest_decides_by_the_priors() -> None:
    model = FORESTS["cost-sensitive"](linear_model.LogisticRegression())
    assert model.predict_one({"a": 0.0}) in (True, False)
    for x, y in events(4_000, 0.03, None):
        model.learn_one(x, y)
    x = {"a": 2.0, "b": 0.0}
    assert model.predict_one(x) is True
    assert model.predict_proba_one(x)[True] < 0.5
