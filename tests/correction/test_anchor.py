"""The prior that freezes."""

from __future__ import annotations

import copy
import math
import pickle
import random

import pytest

from streamimb import stats
from streamimb.correction import FrozenAnchor
from streamimb.engine import snapshot


def test_follows_the_prior_until_it_is_frozen():
    prior, anchor = stats.ClassPrior(), FrozenAnchor(after=500)
    rng = random.Random(1)
    for i in range(900):
        y, w = rng.random() < 0.1, rng.choice([1.0, 2.0])
        anchor.learn_one({}, y, 0.1, w)
        if i < 500:
            prior.update(y, w)
        assert anchor.logit_one({}) == prior.logit


@pytest.mark.parametrize("after", [0, -1, float("nan")])
def test_refuses_to_be_frozen_from_the_start(after):
    with pytest.raises(ValueError, match=r"after=.*expected a whole number of labels, at least 1"):
        FrozenAnchor(after=after)


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda a: pickle.loads(pickle.dumps(a)), lambda a: snapshot.loads(snapshot.dumps(a))],
    ids=["deepcopy", "pickle", "snapshot"],
)
def test_a_copy_freezes_at_the_same_label(duplicate):
    one = FrozenAnchor(after=100)
    for i in range(60):
        one.learn_one({}, i % 7 == 0, 0.1)
    two = duplicate(one)
    for i in range(100):
        one.learn_one({}, i % 2 == 0, 0.1)
        two.learn_one({}, i % 2 == 0, 0.1)
        assert one.logit_one({}) == two.logit_one({})


def test_a_clone_has_seen_nothing():
    one = FrozenAnchor(stats.ClassPrior(prior=0.2), after=3)
    for i in range(5):
        one.learn_one({}, i % 2 == 0, 0.1)
    assert one.clone().logit_one({}) == pytest.approx(math.log(0.25))
    assert one.clone().after == 3
