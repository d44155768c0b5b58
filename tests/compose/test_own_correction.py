"""A correction or an anchor that is given as an object: what does not fit is refused, and it is saved once."""

from __future__ import annotations

from typing import Any

import pytest
from river import linear_model, naive_bayes, preprocessing

from streamimb import SampledClassifier, correction, sampling
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression


def river() -> Any:
    return preprocessing.StandardScaler() | linear_model.LogisticRegression()


@pytest.mark.parametrize(
    ("route", "learner", "sampler", "words"),
    [
        (
            correction.PriorRatio(),
            river(),
            None,
            "PriorRatio is exact only where the rate is the same for all x",
        ),
        (correction.PriorRatio(False), river(), sampling.UnderSampler(share=0.2), "draws=False.*draws=True"),
        (correction.RateRatio(), LogisticRegression(), sampling.ClassWeights(), "draws=True.*draws=False"),
        (correction.Weight(), naive_bayes.GaussianNB(), None, "GaussianNB takes no weight"),
        (correction.Weight(), LogisticRegression(), sampling.ClassWeights(), "takes out exactly the weights"),
    ],
)
def test_a_correction_that_would_leave_a_shift_is_refused(route, learner, sampler, words):
    with pytest.raises(ValueError, match=f"^correction: .*{words}"):
        SampledClassifier(learner, sampler, correction=route)


@pytest.mark.parametrize("name", ["correction", "anchor"])
def test_a_part_given_as_a_parameter_is_saved_once(name):
    """After a restart the parameter is the part in use, so that later states are those without the restart."""
    parts: dict[str, Any] = {
        "correction": lambda: {"correction": correction.RateRatio()},
        "anchor": lambda: {"anchor": correction.FrozenAnchor()},
    }
    once = SampledClassifier(LogisticRegression(), seed=1, **parts[name]())
    for i in range(50):
        once.learn_one({"a": float(i)}, i % 3 == 0)
    again = snapshot.loads(snapshot.dumps(once))
    assert getattr(again, name) is getattr(again, f"_own_{name}")
    for i in range(50):
        for model in (once, again):
            model.learn_one({"a": float(i)}, i % 3 == 0)
    assert snapshot.dumps(again) == snapshot.dumps(once)
