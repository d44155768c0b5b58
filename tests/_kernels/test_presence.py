"""Which numbers an event lacks: those present in at least half of the recent events, at a cost of the event's size."""

from __future__ import annotations

import copy
import random
import sys
from array import array
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest

from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from tests.linear_model.plain import Plain
from tests.twins.interpreted import interpreted


def presence(model: LogisticRegression) -> dict[str, Any]:
    found: dict[str, Any] = model.__getstate__()["kernel"]["reader"]["presence"]
    return found


def expected(model: LogisticRegression) -> set[str]:
    reader = model.__getstate__()["kernel"]["reader"]
    owner = {slot: name for name, slot in zip(reader["names"], array("q", reader["number_of"]), strict=True)}
    return {owner[slot] for slot in array("q", reader["presence"]["expected"])}


# ------------------------------------------------------------------ what is expected


@pytest.mark.parametrize("seed", [1, 2])
def test_a_number_is_expected_while_it_is_in_half_of_the_recent_events(seed):
    """Shares that drift across one half, against a plain count of every number in every event."""
    rng, model, plain = random.Random(seed), LogisticRegression(), Plain()
    changes = 0
    for t in range(6_000):
        shares = {"always": 1.0, "often": 0.6, "rare": 0.3, "falls": 1.0 - t / 6_000, "rises": t / 6_000}
        x: dict[str, Any] = {name: 1.0 for name, share in shares.items() if rng.random() < share}
        before = expected(model)
        model.learn_one(x, False)
        plain.observe(x, False, 0.0)
        assert expected(model) == {name for name in plain.presence if plain.expects(name)}, f"event {t}"
        changes += before != expected(model)
    assert expected(model) == {"always", "often", "rises"}
    assert 5 < changes < 300


def test_a_new_number_starts_with_the_share_of_one_event():
    """After 2,000 events without it, it is expected from the event at which it is half of the decayed count."""
    model, plain, at = LogisticRegression(), Plain(), None
    for t in range(3_000):
        x = {"a": 1.0} if t < 2_000 else {"a": 1.0, "b": 1.0}
        model.learn_one(x, False)
        plain.observe(x, False, 0.0)
        assert ("b" in expected(model)) is ("b" in plain.presence and plain.expects("b"))
        if at is None and "b" in expected(model):
            at = t - 1_999
    assert at == 808  # 1000 * log2(2 - 2^-2) = 807.4


def test_only_an_expected_number_can_be_missing():
    model = LogisticRegression(learning_rates=(0.2,))
    for i in range(400):
        x: dict[str, Any] = {"a": float(i % 5)}
        if i % 4:
            x["often"] = float(i % 3)
        else:
            x["rare"] = float(i % 7)
        model.learn_one(x, i % 4 == 0)
    rows = model.contributions_one({"a": 1.0})
    assert rows.keys() == {"a", "often", "(intercept)", "(anchor)", "(mixture)"}
    assert rows["often"] > 0.1  # its absence goes with True


@pytest.mark.parametrize("missing", [None, float("nan"), float("inf"), "word"], ids=str)
def test_what_is_missing_is_not_present(missing):
    model = LogisticRegression()
    for i in range(300):
        model.learn_one({"a": float(i), "b": 1.0 if i < 100 else missing}, False)
    assert expected(model) == {"a"}


def test_asking_counts_nothing():
    model = LogisticRegression()
    for i in range(100):
        model.learn_one({"a": float(i), "b": 1.0}, i % 3 == 0)
    before = snapshot.dumps(model)
    for _ in range(500):
        model.predict_proba_one({"a": 1.0})
    assert snapshot.dumps(model) == before


# ------------------------------------------------------------------ state


def gaps_now_and_then(n: int, seed: int) -> list[tuple[dict[str, Any], bool]]:
    rng = random.Random(seed)
    return [
        ({f"v{i}": rng.gauss(0, 1) for i in range(12) if rng.random() < 0.1 + i / 14}, rng.random() < 0.3)
        for _ in range(n)
    ]


def test_a_state_that_was_saved_goes_on_alike():
    one = LogisticRegression()
    for i, (x, y) in enumerate(gaps_now_and_then(900, 1)):
        if i % 100 == 50:
            two = snapshot.loads(snapshot.dumps(one))
            assert expected(two) == expected(one)
            one = two
        one.learn_one(x, y)
    whole = LogisticRegression()
    for x, y in gaps_now_and_then(900, 1):
        whole.learn_one(x, y)
    assert snapshot.dumps(one) == snapshot.dumps(whole)


def test_weights_that_have_grown_large_are_scaled_down_and_mean_the_same():
    """The weight of an event doubles every 1,000 events; beyond 1e100 all are divided by it."""
    one = LogisticRegression()
    for x, y in gaps_now_and_then(500, 1):
        one.learn_one(x, y)
    two = copy.deepcopy(one)
    state = two.__getstate__()
    held = state["kernel"]["reader"]["presence"]
    held["share"] = array("d", [share * 6e99 for share in array("d", held["share"])]).tobytes()
    held["weights"] = tuple(weight * 6e99 for weight in held["weights"])
    two.__setstate__(state)
    largest = 0.0
    for x, y in gaps_now_and_then(1_000, 2):
        assert one.predict_proba_one(x) == two.predict_proba_one(x)
        one.learn_one(x, y)
        two.learn_one(x, y)
        assert expected(one) == expected(two)
        largest = max(largest, presence(two)["weights"][0])
    assert presence(two)["weights"][0] < 1e10 < largest <= 1.001e100


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"expected": array("q", [1, 0]).tobytes()}, "increasing order"),
        ({"expected": array("q", [0, 0]).tobytes()}, "increasing order"),
        ({"expected": array("q", [2**40]).tobytes()}, "slots of numbers"),
        ({"expected": array("q", [-1]).tobytes()}, "slots of numbers"),
        ({"weights": (1.0, 2.0)}, "three numbers"),
        ({"weights": (1.0, float("nan"), 0.0)}, "three numbers"),
        ({"weights": (1.0, -1.0, 0.0)}, "three numbers"),
        ({"weights": (0.0, 1.0, 1.0)}, "out of range"),
        ({"share": array("d", [0.0, float("nan")]).tobytes()}, "share: expected finite numbers"),
        ({"share": array("d", [0.0, 1e200]).tobytes()}, "out of range"),
        ({"share": array("d", [0.0]).tobytes()}, "slots"),
    ],
)
def test_a_state_that_cannot_be_is_refused(change, message):
    model = LogisticRegression()
    for i in range(20):
        model.learn_one({"a": float(i), "b": 1.0}, i % 3 == 0)
    state = model.__getstate__()
    before = snapshot.dumps(model)
    state["kernel"]["reader"]["presence"].update(change)
    with pytest.raises(ValueError, match=message):
        model.__setstate__(state)
    assert snapshot.dumps(model) == before


# ------------------------------------------------------------------ cost


def lines(call: Callable[[], Any]) -> int:
    """Lines of Python that a call executes."""
    count = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def predict_and_learn(kernel: Any, x: dict[Any, Any]) -> None:
    kernel.predict_proba_one(x)
    kernel.learn_one(x, False)


def test_the_cost_of_an_event_does_not_grow_with_the_names_that_were_learned():
    """20 of V names that change from event to event, interpreted: the lines executed, whatever V is."""
    most = {}
    for names in (100, 50_000):
        kernel = interpreted("logistic").Logistic(interpreted("prior_bank").PriorBank(), (0.2,), 10, 1)
        all_names = [f"n{i}" for i in range(names)]
        for start in range(0, names, 100):
            kernel.observe_one(dict.fromkeys(all_names[start : start + 100], 1.0), False, 0.0, 1.0)
        rng, counts = random.Random(1), []
        for _ in range(20):
            x = dict.fromkeys(rng.sample(all_names, 20), 2.0)
            counts.append(lines(partial(predict_and_learn, kernel, x)))
        most[names] = max(counts)
    assert most[50_000] <= 1.2 * most[100]
