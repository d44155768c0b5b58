"""An ensemble that judges by labels keeps at most as many of them as our learners do."""

import pytest
from river import naive_bayes

from streamimb import GuardedClassifier, ensemble
from streamimb.engine import snapshot


@pytest.mark.parametrize("guarded", [False, True])
def test_one_label_too_many_is_refused_before_anything_is_learned(guarded: bool) -> None:
    inside = ensemble.PriorExpertsClassifier(naive_bayes.BernoulliNB(), taus=(0.0,), seed=1)
    model = GuardedClassifier(inside) if guarded else inside
    inside._resume_labels([f"k{i}" for i in range(1_000)])
    before = snapshot.dumps(inside, allow_pickle=True)
    with pytest.raises(ValueError, match="class 1,001"):
        model.learn_one({"a": True}, "other")
    assert snapshot.dumps(inside, allow_pickle=True) == before
    model.learn_one({"a": True}, "k7")
    assert len(inside._labels_learned()) == 1_000
