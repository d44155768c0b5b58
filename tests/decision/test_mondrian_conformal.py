"""MondrianConformal covers each class, also one of .7 %, and follows a shift."""

from __future__ import annotations

import numpy as np
import pytest

from streamimb import decision
from tests.decision.streams import rare


def covered(sets, p, y):
    """Shares of the negatives and of the positives whose set has their class, and the mean size of a set."""
    hits, n, size = [0, 0], [0, 0], 0
    for one, label in zip(p, y, strict=True):
        proba = {False: 1.0 - one, True: one}
        found = sets.classes_one(proba)
        hits[label] += label in found
        n[label] += 1
        size += len(found)
        sets.learn_one(proba, label)
    return hits[0] / n[0], hits[1] / n[1], size / len(p)


def test_both_classes_are_covered_within_one_percent():
    runs = [covered(decision.MondrianConformal(coverage=0.9), *rare(seed, 200_000)) for seed in range(3)]
    negatives, positives, size = np.mean(runs, axis=0)
    assert negatives == pytest.approx(0.9, abs=0.01)
    assert positives == pytest.approx(0.9, abs=0.01)
    assert size < 1.5


def test_after_a_shift_both_are_covered_again():
    sets = decision.MondrianConformal(coverage=0.9)
    covered(sets, *rare(1, 50_000))
    covered(sets, *rare(2, 20_000, mean=-5.0))
    negatives, positives, _ = covered(sets, *rare(3, 60_000, mean=-5.0))
    assert negatives == pytest.approx(0.9, abs=0.01)
    assert positives == pytest.approx(0.9, abs=0.02)


def test_a_class_that_was_not_met_is_in_every_set():
    sets = decision.MondrianConformal()
    assert sets.classes_one({"a": 0.999, "b": 0.001}) == {"a", "b"}


def test_too_many_classes_are_refused():
    sets = decision.MondrianConformal()
    for k in range(1_000):
        sets.learn_one({k + 2: 0.5}, k + 2)
    with pytest.raises(ValueError, match="1000 classes"):
        sets.learn_one({"more": 0.5}, "more")


def test_no_weight_changes_nothing_and_a_bad_one_is_refused():
    sets = decision.MondrianConformal()
    sets.learn_one({False: 0.9, True: 0.1}, True)
    before = sets.__getstate__()
    sets.learn_one({False: 0.9, True: 0.1}, True, 0.0)
    assert sets.__getstate__() == before
    with pytest.raises(ValueError, match="w"):
        sets.learn_one({False: 0.9, True: 0.1}, True, -1.0)
