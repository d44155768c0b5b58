"""Offsets that softmax learners refuse: in words, and before anything has changed."""

from typing import Any

import pytest

from streamimb import linear_model
from streamimb.engine import snapshot

LEARNERS: tuple[Any, ...] = (linear_model.SoftmaxGAM, linear_model.SoftmaxRegression)


@pytest.mark.parametrize("learner", LEARNERS)
def test_more_classes_than_can_be_learned_are_refused_before_anything_is_learned(learner: Any) -> None:
    model = learner(learning_rates=(0.2,))
    model.learn_one({"a": 1.0, "s": "u"}, "k0")
    before = snapshot.dumps(model)
    with pytest.raises(ValueError, match="class 1,001"):
        model.observe_one({"a": 2.0, "new": 1.0}, "k0", {f"k{i}": 0.0 for i in range(1_001)})
    assert snapshot.dumps(model) == before
    model.observe_one({"a": 2.0}, "k0", {f"k{i}": 0.0 for i in range(1_000)})
    assert len(model.classes) == 1_000


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("offsets", [None, [0.0, 1.0], 1.0, "ab", {"a"}])
def test_offsets_that_are_no_mapping_are_refused_in_words(learner: Any, offsets: Any) -> None:
    model = learner()
    model.learn_one({"a": 1.0}, "k")
    for call in (
        lambda: model.predict_offsets_one({"a": 1.0}, offsets),
        lambda: model.memo_one({"a": 1.0}, offsets),
        lambda: model.observe_one({"a": 1.0}, "k", offsets),
        lambda: model.step_one({"a": 1.0}, "k", offsets),
    ):
        with pytest.raises(ValueError, match=f"offsets: expected .*; they are {type(offsets).__name__}"):
            call()
