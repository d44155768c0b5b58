from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from streamimb import SampledClassifier, linear_model, sampling, tree
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression


@pytest.mark.parametrize("name", [np.str_("a"), np.int64(3), type("Name", (str,), {})("a")])
def test_a_name_of_another_type_is_saved_as_the_text_or_integer_it_is(name: Any) -> None:
    model = LogisticRegression()
    for i in range(20):
        model.learn_one({name: float(i)}, i % 3 == 0)
    again = snapshot.loads(snapshot.dumps(model))
    assert again.predict_proba_one({name: 2.0}) == model.predict_proba_one({name: 2.0})
    (field,) = [field for field in again.contributions_one({name: 2.0}) if field == name]
    assert type(field) in (str, int)


def test_a_name_that_no_state_can_hold_is_refused_before_anything_is_learned() -> None:
    model = LogisticRegression()
    with pytest.raises(ValueError, match="which no state can hold"):
        model.learn_one({Fraction(1, 2): 1.0}, True)
    assert model.predict_proba_one({}) == LogisticRegression().predict_proba_one({})


@pytest.mark.parametrize("length", [1, 3, 4, 5, 7, 8, 9, 12, 16, 17, 20])
def test_a_name_that_differs_in_one_character_is_another_name(length: int) -> None:
    model, name = LogisticRegression(), "a" * length
    for i in range(20):
        model.learn_one({name: float(i)}, i % 3 == 0)
    known = model.predict_proba_one({name: 5.0})
    for i in range(length):
        other = name[:i] + "b" + name[i + 1 :]
        assert model.predict_proba_one({other: 5.0}) != known
    assert (
        model.predict_proba_one({"".join(["a"] * length): 5.0}) == known
    )  # an equal string is the same name


def test_each_of_many_names_keeps_its_part_in_any_order() -> None:
    rng = random.Random(1)
    model, names = LogisticRegression(), [f"spend_{k:05d}" for k in range(3_000)]
    for i in range(0, len(names), 20):
        model.learn_one({name: rng.gauss(0.0, 1.0) for name in names[i : i + 20]}, i % 60 == 0)
    x = {name: rng.gauss(0.0, 1.0) for name in [*rng.sample(names, 30), "unknown", "größe"]}
    parts = model.contributions_one(x)
    for _ in range(3):
        order = rng.sample(list(x), len(x))
        assert model.contributions_one({name: x[name] for name in order}) == parts


@pytest.mark.parametrize("name", ["\ud800", "ab\udfff", ("a", "\ud800")])
@pytest.mark.parametrize(
    "make",
    [
        LogisticRegression,
        linear_model.SoftmaxGAM,
        tree.HoeffdingTreeClassifier,
        lambda: SampledClassifier(LogisticRegression(), sampling.ClusterSampler(budget=0.5), seed=1),
    ],
)
def test_a_name_with_a_lone_surrogate_is_refused_when_learned(make: Any, name: Any) -> None:
    model = make()
    for x in ({name: 1.0}, {name: "u"}, {"a": 1.0, name: True}):
        with pytest.raises(ValueError, match="lone surrogate, which no state can hold"):
            model.learn_one(x, True)
        assert model.predict_proba_one(x)  # it is unknown, as any other new name
    model.learn_one({"a": 1.0, "é☃": "\ud800"}, True)  # a value is only hashed
    assert snapshot.loads(snapshot.dumps(model)).predict_proba_one({"a": 1.0}) == model.predict_proba_one(
        {"a": 1.0}
    )


@pytest.mark.parametrize("many", [False, True], ids=["two classes", "many"])
def test_a_field_whose_name_is_none_is_explained_apart_from_the_intercept(many: bool) -> None:
    make = linear_model.SoftmaxGAM if many else linear_model.LogisticGAM
    named, other = make(), make()
    for i in range(2_000):
        value, y = float(i % 100), i % 100 > 90
        named.learn_one({None: value}, y)
        other.learn_one({"a": value}, y)

    def explained(model: Any, name: Any) -> tuple[Any, Any]:
        rows, shape = model.contributions_one({name: 95.0}), model.shape_one(name)
        return (rows[True], shape[True]) if many else (rows, shape)

    (rows, shape), (expected, curve) = explained(named, None), explained(other, "a")
    assert rows == {None if name == "a" else name: value for name, value in expected.items()}
    assert shape == curve
