"""The prior that freezes."""

from __future__ import annotations

import copy
import pickle
import random

import pytest

from streamimb import stats
from streamimb.correction import FrozenAnchor
from streamimb.engine import snapshot


def test_follows_the_prior_until_it_is_frozen():
    prior, anchor = stats.ClassPrior(), FrozenAnchor(stats.ClassPrior(), after=500)
    rng = random.Random(1)
    for i in range(900):
        y, w = rng.random() < 0.1, rng.choice([1.0, 2.0])
        anchor.update(y, w)
        if i < 500:
            prior.update(y, w)
        assert (anchor.logit, anchor.rate) == (prior.logit, prior.rate)
        assert anchor.get() == prior.get()


def test_other_labels_freeze_too():
    anchor = FrozenAnchor(stats.ClassPrior(), after=10)
    for i in range(40):
        anchor.update("ab"[i % 2] if i < 10 else "c", 1.0)
    assert set(anchor.get()) == {"a", "b"}


@pytest.mark.parametrize("after", [0, -1, float("nan")])
def test_refuses_to_be_frozen_from_the_start(after):
    with pytest.raises(ValueError, match=r"after=.*expected a whole number of labels, at least 1"):
        FrozenAnchor(stats.ClassPrior(), after=after)


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda a: pickle.loads(pickle.dumps(a)), lambda a: snapshot.loads(snapshot.dumps(a))],
    ids=["deepcopy", "pickle", "snapshot"],
)
def test_a_copy_freezes_at_the_same_label(duplicate):
    one = FrozenAnchor(stats.ClassPrior(), after=100)
    for i in range(60):
        one.update(i % 7 == 0, 1.0)
    two = duplicate(one)
    for i in range(100):
        one.update(i % 2 == 0, 1.0)
        two.update(i % 2 == 0, 1.0)
        assert one.logit == two.logit


def test_a_clone_has_seen_nothing():
    one = FrozenAnchor(stats.ClassPrior(prior=0.2), after=3)
    for _ in range(5):
        one.update(True, 1.0)
    assert one.clone().rate == pytest.approx(0.2)
    assert one.clone().after == 3
