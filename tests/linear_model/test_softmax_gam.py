"""The additive learner of any number of classes: its equations, curves, bounds, states and memos."""

from __future__ import annotations

import math
import pickle
import random
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from streamimb import CalibratedClassifier, SampledClassifier, losses, sampling
from streamimb.engine import snapshot
from streamimb.linear_model import SoftmaxGAM, SoftmaxRegression
from tests.linear_model.plain_softmax_additive import PlainSoftmaxAdditive
from tests.linear_model.streams import mixed_stream

SHARES = {"common": 0.9, "some": 0.08, "rare": 0.02}


@pytest.mark.parametrize("pairs", [(), (("a", "b"), ("word", "count"), ("late", "word"))])
def test_is_what_the_equations_say(pairs: Any) -> None:
    """Ten classes, two more than there are groups, of which the last two come late."""
    rng, rates = random.Random(1), (0.05, 0.8)
    model = SoftmaxGAM(learning_rates=rates, interactions=pairs or None)
    plain = PlainSoftmaxAdditive(rates, pairs)
    for i, (x, _) in enumerate(mixed_stream(900, 1)):
        labels = [f"c{k}" for k in range(3 if i < 300 else 8 if i < 450 else 10)]
        y = rng.choices(labels, [0.5**k for k in range(len(labels))])[0]
        offsets = {k: rng.gauss(0, 1) for k in labels}
        expected = plain.predict(x, offsets)
        assert model.predict_offsets_one(x, offsets) == pytest.approx(expected, rel=1e-6), f"event {i}"
        w = rng.choice((1.0, 0.3))
        model.observe_one(x, y, offsets)
        model.step_one(x, y, offsets, w)
        plain.learn(x, y, offsets, w)


def night(rng: random.Random) -> tuple[dict[str, Any], str, dict[str, float]]:
    """At night "rare" is more frequent, in the afternoon "some": no line can tell. With the true probabilities."""
    hour = rng.uniform(0.0, 24.0)
    masses = {
        "common": SHARES["common"],
        "some": SHARES["some"] * (6.0 if 13.0 < hour < 17.0 else 0.5),
        "rare": SHARES["rare"] * (12.0 if 2.0 < hour < 5.0 else 0.5),
    }
    truth = {label: mass / sum(masses.values()) for label, mass in masses.items()}
    y = rng.choices(list(truth), list(truth.values()))[0]
    return {"hour": hour, "noise": rng.gauss(0.0, 1.0)}, y, truth


def excess(model: Any, seed: int, n: int = 15_000) -> tuple[float, dict[str, float]]:
    """Mean divergence from the true probabilities, and sums over those of the truth, in the second half."""
    rng, divergence = random.Random(seed), 0.0
    said, true = dict.fromkeys(SHARES, 0.0), dict.fromkeys(SHARES, 0.0)
    for i in range(n):
        x, y, truth = night(rng)
        if i >= n // 2:
            p = model.predict_proba_one(x)
            divergence += sum(q * math.log(q / max(1e-9, p[k])) for k, q in truth.items())
            for k, q in truth.items():
                said[k] += p[k]
                true[k] += q
        model.learn_one(x, y)
    return divergence / (n - n // 2), {k: said[k] / true[k] for k in SHARES}


def test_learns_curves_that_a_linear_learner_cannot() -> None:
    """At least three quarters of what a linear learner misses are gained; mean of three seeds."""
    curves = [excess(SoftmaxGAM(), seed) for seed in (1, 2, 3)]
    lines = [excess(SoftmaxRegression(), seed)[0] for seed in (1, 2, 3)]
    assert sum(divergence for divergence, _ in curves) < 0.25 * sum(lines)
    for k in SHARES:
        assert sum(ratios[k] for _, ratios in curves) / 3 == pytest.approx(1.0, abs=0.1)


def test_sampled_classes_are_served_at_their_true_probabilities() -> None:
    for seed in (1, 2):
        sampler = sampling.UnderSampler(keep_rate=0.3)
        model = CalibratedClassifier(SampledClassifier(SoftmaxGAM(), sampler, seed=seed))
        _, ratios = excess(model, seed)
        assert ratios == pytest.approx(dict.fromkeys(SHARES, 1.0), abs=0.15)


def taught(n: int = 1_000, kind: Any = SoftmaxGAM, **parameters: Any) -> Any:
    model, rng = kind(hash_bits=6, **parameters), random.Random(7)
    for x, y in mixed_stream(n, 4):
        model.learn_one(x, "often" if not y else rng.choice(("seldom", 7)))
    return model


# ------------------------------------------------------------------ batches, contributions, curves


def test_batches_are_a_loop_of_learn_one_to_the_last_bit() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(700, 4))
    x[rng.random(x.shape) < 0.05] = np.nan
    y = [("a", "b", "c")[i] for i in rng.integers(0, 3, 700)]
    w = rng.exponential(size=700)
    w[::7] = 0.0
    names = [f"f{i}" for i in range(4)]
    loop, rows, dicts, frame = (SoftmaxGAM() for _ in range(4))
    events: list[dict[Any, Any]] = [dict(zip(names, row, strict=True)) for row in x.tolist()]
    for event, label, weight in zip(events, y, w, strict=True):
        loop.learn_one(event, label, w=weight)
    dicts.learn_many(events, y, w)
    frame.learn_many(pd.DataFrame(x, columns=names), pd.Series(y), w)
    rows.learn_many(x, np.array(y), w)
    assert pickle.dumps(dicts) == pickle.dumps(loop) == pickle.dumps(frame)
    alone = [loop.predict_proba_one(event) for event in events]
    assert loop.predict_proba_many(events) == alone
    assert rows.predict_proba_many(x).tolist() == [list(p.values()) for p in alone]


def test_contributions_sum_to_the_log_of_the_probability_with_one_row_for_a_field() -> None:
    model = taught()
    fields = {"a", "b", "flag", "count", "word", "late", "(intercept)", "(anchor)", "(rest)"}
    for x, _ in mixed_stream(30, 5):
        rows, said = model.contributions_one(x), model.predict_proba_one(x)
        assert rows.keys() == said.keys()
        for k, p in said.items():
            assert math.fsum(rows[k].values()) == pytest.approx(math.log(p), rel=1e-12)
            assert rows[k].keys() <= fields


def test_a_shape_says_what_each_value_adds_to_each_class() -> None:
    model, rng = SoftmaxGAM(), random.Random(1)
    for _ in range(20_000):
        x, y, _ = night(rng)
        model.learn_one(x, y)
    shapes = model.shape_one("hour")
    assert shapes.keys() == set(SHARES)
    for k, shape in shapes.items():
        assert [value for value, _, _ in shape] == sorted({value for value, _, _ in shape})
        assert sum(support for *_, support in shape) == pytest.approx(20_000)
        for value, added, _ in shape[::9]:
            rows = model.contributions_one({"hour": value, "noise": 0.0})
            assert rows[k]["hour"] == pytest.approx(added)
    ahead = {
        value: rare - common
        for (value, rare, _), (_, common, _) in zip(shapes["rare"], shapes["common"], strict=True)
    }
    at_night = [added for value, added in ahead.items() if 2.3 < value < 4.7]
    else_where = [added for value, added in ahead.items() if not 1.5 < value < 5.5]
    difference = sum(at_night) / len(at_night) - sum(else_where) / len(else_where)
    assert difference == pytest.approx(math.log(24.0), abs=0.7)


class Axes:
    """Axes of matplotlib's, as far as they are used: they keep what is drawn."""

    def __init__(self) -> None:
        self.drawn: list[tuple[str, Any]] = []

    def twinx(self) -> Axes:
        return self

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **_: self.drawn.append((name, given))


def test_a_plot_shows_the_curve_of_each_class() -> None:
    model, axes = taught(), Axes()
    assert model.plot("a", axes) is axes
    lines = [given for name, given in axes.drawn if name == "plot"]
    shapes = model.shape_one("a")
    assert [([v for v, _, _ in s], [added for _, added, _ in s]) for s in shapes.values()] == lines
    assert "legend" in dict(axes.drawn)


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("word", "'word' has no curve: it holds no numbers"),
        ("unknown", "'unknown' is not known"),
        (["a"], "['a'] is"),
    ],
)
def test_what_is_no_number_has_no_shape(field: Any, why: str) -> None:
    with pytest.raises(LookupError, match=f"^field: {re.escape(why)}"):
        taught(300).shape_one(field)


def test_weights_above_one_and_losses_keep_probabilities() -> None:
    for loss in (None, losses.Focal(), losses.EqualizedFocal(), losses.LDAM()):
        model = taught(300, loss=loss)
        for i, (x, y) in enumerate(mixed_stream(60, 6)):
            model.learn_one(x, "often" if y else "seldom", w=float(1 + 40 * (i % 5)))
            assert math.fsum(model.predict_proba_one(x).values()) == pytest.approx(1.0)
        again = pickle.loads(pickle.dumps(model))
        assert again.predict_proba_one(x) == model.predict_proba_one(x)


# ------------------------------------------------------------------ bounds


def test_numbers_beyond_the_bound_stay_linear_and_memory_is_bounded() -> None:
    rng, model = random.Random(1), SoftmaxGAM(hash_bits=1, max_basis_fields=10)
    for i in range(3_000):
        model.learn_one({f"f{i % 300}": rng.gauss(0, 1), "g": rng.gauss(0, 1)}, f"c{i % 11}")
    assert len(model.shape_one("g")) == 11
    with pytest.raises(LookupError, match="max_basis_fields"):
        model.shape_one("f299")
    a_coordinate = 8 * 4 * (11 + 3)  # there is room for some more classes
    a_number = 33_500 + 194 * (4 + 2 * a_coordinate)  # buffers double
    assert model.memory_bytes() < 10 * a_number + 300 * (600 + 4 * 2 * a_coordinate)


def test_a_number_that_takes_over_a_basis_starts_without_weights() -> None:
    rng, model = random.Random(2), SoftmaxGAM(max_basis_fields=1)
    for _ in range(199):
        model.learn_one({"first": rng.gauss(0, 1)}, rng.choice("ab"))
    for i in range(301):
        before = (
            model.contributions_one({"first": 0.5}) if i == 300 else {}
        )  # at event 500 the basis changes hands
        model.learn_one({"second": 5.0 + rng.gauss(0, 1)}, rng.choice("ab"))
    weights = np.frombuffer(model.__getstate__()["kernel"]["additive"]["weights"]["blocks"]["weight"])
    curves = len(model.__getstate__()["kernel"]["additive"]["weights"]["blocks"]["curves"]) // 8
    squares = weights.reshape(-1, 4, 2)[-curves:, 3]
    assert (squares.max(axis=1) > 0.0).sum() <= 4  # G of the coordinates of one event
    assert before != model.contributions_one({"first": 0.5})


# ------------------------------------------------------------------ states


@pytest.mark.parametrize("n", [100, 203, 1_000])
def test_a_restored_model_goes_on_to_the_last_bit(n: int) -> None:
    model = taught(n)
    for other in (pickle.loads(pickle.dumps(model)), snapshot.loads(snapshot.dumps(model))):
        own = pickle.loads(pickle.dumps(model))
        for i, (x, _) in enumerate(mixed_stream(400, 6)):
            assert own.predict_proba_one(x) == other.predict_proba_one(x)
            for one in (own, other):
                one.learn_one(x, ("often", "seldom", 7, "new")[i % 4])
        assert snapshot.dumps(own) == snapshot.dumps(other)


def words(value: int, at: int = 0) -> Any:
    def edit(saved: bytes) -> bytes:
        found = np.frombuffer(saved, dtype=np.int64).copy()
        found[at] = value
        return found.tobytes()

    return edit


DAMAGE: list[tuple[tuple[str, ...], Any]] = [
    (("additive",), lambda _: None),
    (("additive",), lambda _: {}),
    (("additive", "basis"), lambda _: None),
    (("additive", "basis", "owner"), words(99)),
    (("additive", "basis", "edges", "counts"), words(-1)),
    (("additive", "basis", "edges", "values"), lambda saved: saved[:-8]),
    (("additive", "groups", "group"), words(8, 2)),
    (("additive", "groups", "group"), words(2)),
    (("additive", "groups", "group"), lambda saved: saved[:-8]),
    (("additive", "groups", "labels"), words(-1)),
    (("additive", "groups", "due"), words(20)),
    (("additive", "weights", "alpha"), lambda saved: saved[8:]),
    (("additive", "weights", "loss"), lambda _: b""),
    (("additive", "weights", "blocks", "bits"), lambda _: 7),
    (("additive", "weights", "blocks", "classes"), lambda saved: saved[::-1]),
    (("additive", "weights", "blocks", "curves"), words(6 * 194)),
    (("additive", "weights", "blocks", "curves"), words(-1)),
    (("additive", "weights", "blocks", "weight"), lambda saved: saved[:-8]),
    (("weights", "blocks", "curves"), lambda _: bytes(8)),
    (("share", "slow"), lambda saved: saved[:-8]),
    (("share",), lambda _: bytes(24)),
]


@pytest.mark.parametrize(("place", "edit"), DAMAGE)
def test_a_damaged_state_is_refused_whole(place: tuple[str, ...], edit: Any) -> None:
    state = taught().__getstate__()
    entry = state["kernel"]
    for name in place[:-1]:
        entry = entry[name]
    entry[place[-1]] = edit(entry[place[-1]])
    model = taught(300)
    before = snapshot.dumps(model)
    with pytest.raises((ValueError, TypeError)):
        model.__setstate__(state)
    assert snapshot.dumps(model) == before


def test_a_state_of_the_linear_learner_is_refused_and_the_other_way_round() -> None:
    states = {kind: taught(50, kind).__getstate__() for kind in (SoftmaxGAM, SoftmaxRegression)}
    for kind, other in ((SoftmaxGAM, SoftmaxRegression), (SoftmaxRegression, SoftmaxGAM)):
        mixed = {"params": states[kind]["params"], "kernel": states[other]["kernel"]}
        with pytest.raises(ValueError, match="the kinds of experts"):
            kind().__setstate__(mixed)


# ------------------------------------------------------------------ memos


def test_experts_are_judged_by_what_they_answered_when_the_event_was_served() -> None:
    """The memo has the number of classes, then for each of them what six experts and two levels said."""
    model = SampledClassifier(SoftmaxGAM(), seed=1)
    rng = random.Random(1)
    for _ in range(500):
        x, y, _ = night(rng)
        model.learn_one(x, y)
    _, memo = model.scores_one(x)
    assert len(memo) == 1 + 3 * 8
    place = 1 + 8 * model.classifier.classes.index("rare")
    # The first expert gave it 1, all others 0: it alone was right.
    told = [*memo[:place], 1.0, *[0.0] * 5, 0.5, 0.5, *memo[place + 8 :]]
    one, two = pickle.loads(pickle.dumps(model)), pickle.loads(pickle.dumps(model))
    one.learn_one(x, "rare", memo=tuple(told))
    two.learn_one(x, "rare")
    of_one, of_two = (m.classifier.__getstate__()["kernel"] for m in (one, two))
    assert np.frombuffer(of_one["share"]["fast"])[0] > 0.999
    assert {**of_one, "share": 0, "prior": 0} == {**of_two, "share": 0, "prior": 0}


def test_a_memo_of_now_is_what_is_learned_without_one() -> None:
    offsets = {"often": 0.0, "seldom": -1.0, 7: -1.0}
    for w in (1.0, 3.0):
        one, two = taught(400), taught(400)
        for x, y in mixed_stream(50, 9):
            label = "seldom" if y else "often"
            one.observe_one(x, label, offsets, w, memo=one.memo_one(x, offsets))
            two.observe_one(x, label, offsets, w)
        assert snapshot.dumps(one) == snapshot.dumps(two)


def test_a_class_that_is_younger_than_the_memo_is_judged_by_the_answers_of_now() -> None:
    one, two = taught(400), taught(400)
    memo = one.scores_one({"a": 1.0})[1]
    for model in (one, two):
        model.learn_one({"a": 1.0}, "new")
    one.learn_one({"a": 1.0}, "new", memo=memo)
    two.learn_one({"a": 1.0}, "new")
    assert snapshot.dumps(one) == snapshot.dumps(two)


def test_while_there_is_no_other_label_a_memo_is_of_false_and_true() -> None:
    """Also before the first of them has come, in whichever order they come, and where another one comes later."""
    rng, model, other = random.Random(2), SoftmaxGAM(), SoftmaxGAM()
    for i in range(300):
        x, y = {"a": rng.gauss(0, 1)}, rng.random() < 0.5 or i == 0
        memo = model.scores_one(x)[1]
        assert len(memo) == 1 + 2 * 8
        assert memo[1] + memo[9] == pytest.approx(1.0)
        model.learn_one(x, y, memo=memo)
        other.learn_one(x, y)
        assert snapshot.dumps(model) == snapshot.dumps(other)
    model.learn_one({"a": 0.0}, "third", memo=memo)
    other.learn_one({"a": 0.0}, "third")
    assert snapshot.dumps(model) == snapshot.dumps(other)
    assert len(model.scores_one({"a": 0.0})[1]) == 1 + 3 * 8


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda memo: (4.0, *memo[1:]), "of 4 classes where this model has 3"),
        (lambda memo: (2.5, *memo[1:]), "of 2.5 classes"),
        (lambda memo: (-1.0, *memo[1:]), "of -1 classes"),
        (lambda memo: (2.0, *memo[1:]), "25 floats where this model gives 17"),
        (lambda memo: memo[:-1], "24 floats where this model gives 25"),
        (lambda _: (), "0 floats where this model gives 1"),
        (lambda memo: (0.0, *memo[1:]), "25 floats where this model gives 17"),
        (lambda memo: (*memo[:-1], 1.5), "outside"),
    ],
)
def test_a_wrong_memo_is_refused_and_nothing_is_learned(edit: Any, why: str) -> None:
    model: Any = SampledClassifier(SoftmaxGAM(hash_bits=6), seed=1)
    for x, y in mixed_stream(60, 4):
        model.learn_one(x, ("a", "b" if y else "c")[y])
    model.learn_one(x, "d")
    _, memo = model.scores_one({"a": 1.0})
    before = snapshot.dumps(model)
    with pytest.raises(ValueError, match=f"^memo: .*{re.escape(why)}"):
        model.learn_one({"a": 1.0}, "a", memo=edit(memo))
    assert snapshot.dumps(model) == before


def test_memos_of_learner_and_calibrators_stand_beside_each_other_while_classes_come() -> None:
    rng = random.Random(3)
    model: Any = CalibratedClassifier(SampledClassifier(SoftmaxGAM(), seed=1))
    waiting: list[tuple[Any, str, Any]] = []
    for i in range(1_500):
        x, y, _ = night(rng)
        y = f"{y} {i // 500}"
        waiting.append((x, y, model.scores_one(x)[1]))
        if len(waiting) > 100:
            model.learn_one(*waiting[0][:2], memo=waiting[0][2])
            waiting.pop(0)
    assert math.fsum(model.predict_proba_one(x).values()) == pytest.approx(1.0)
