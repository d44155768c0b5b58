"""Memos of trees: what is accepted leaves a state that can be restored, and equal events give equal memos."""

import pickle
import random
from collections.abc import Callable
from typing import Any

import pytest

from streamimb import ensemble, linear_model, tree

MODELS: dict[str, Callable[[], Any]] = {
    "boosted": lambda: tree.RollingBoostingClassifier(ring_size=300),
    "with a companion": lambda: tree.RollingBoostingClassifier(linear_model.LogisticGAM(), ring_size=300),
    "Hoeffding": tree.HoeffdingTreeClassifier,
    "forest": lambda: ensemble.AdaptiveRandomForestClassifier(n_models=2, seed=1),
}


def learned(make: Callable[[], Any], seed: int) -> Any:
    model, rng = make(), random.Random(seed)
    for _ in range(300):
        model.learn_one(
            {"s": rng.choice("uv"), "a": rng.random(), "t": rng.choice("abcdefgh")}, rng.random() < 0.3
        )
    return model


def restored(model: Any) -> Any:
    return pickle.loads(pickle.dumps(model))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("value", [1e300, -1e300, 2e3, -1.0, 2.0, 1e9])
def test_an_accepted_memo_leaves_a_state_that_can_be_restored(name: str, value: float) -> None:
    model, x = learned(MODELS[name], 1), {"s": "u", "a": 0.5, "t": "h"}
    memo = model.scores_one(x)[1]
    for i in range(len(memo)):
        one = restored(model)
        try:
            one.learn_one(x, True, memo=(*memo[:i], value, *memo[i + 1 :]))
        except ValueError:
            assert pickle.dumps(one.__getstate__()) == pickle.dumps(restored(model).__getstate__())
            continue
        assert restored(one).predict_proba_one(x) == one.predict_proba_one(x)


@pytest.mark.parametrize("name", MODELS)
def test_the_order_of_an_event_does_not_change_its_memo_nor_what_is_learned_with_it(name: str) -> None:
    model = learned(MODELS[name], 2)
    for x in ({"s": "u", "t": "c"}, {"s": "v", "a": 0.5, "t": "a"}, {"t": "a", "new": "u", "s": "q"}):
        turned = dict(reversed(list(x.items())))
        memo = model.scores_one(x)[1]
        assert model.scores_one(turned)[1] == memo
        for given in (memo, None):
            one, two = restored(model), restored(model)
            for late in (one, two):  # meanwhile, the new field becomes known
                late.learn_one({"other": "z", "new": "y", "a": 0.1}, False)
            one.learn_one(x, True, memo=given)
            two.learn_one(turned, True, memo=given)
            assert one.predict_proba_one(x) == two.predict_proba_one(turned)
            assert two.predict_proba_one(x) == two.predict_proba_one(turned)
