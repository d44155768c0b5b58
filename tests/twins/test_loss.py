from __future__ import annotations

import math
import random
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact, mixed_events, outcome

THREE = (0.05, 0.2, 0.8)
LOSSES: dict[str, Any] = {
    "focal": lambda kernel: kernel("focal_loss").FocalLoss(2.0),
    "cross-entropy": lambda kernel: kernel("focal_loss").FocalLoss(0.0),
    "class-balanced": lambda kernel: kernel("class_balanced_loss").ClassBalancedLoss(0.999, 0.99),
    "equalized-focal": lambda kernel: kernel("equalized_focal_loss").EqualizedFocalLoss(2.0, 8.0, 0.99),
    "vector-scaling": lambda kernel: kernel("vs_loss").VSLoss(1.5, 0.3, 0.99),
    "margin": lambda kernel: kernel("margin_loss").MarginLoss(0.69, 0.99),
    "seesaw": lambda kernel: kernel("seesaw_loss").SeesawLoss(0.8, 2.0, 0.99),
}
SCORES = st.floats(-800, 800)
COUNTS = st.floats(0, 1e15)


@pytest.mark.parametrize("name", LOSSES)
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(SCORES, COUNTS), min_size=2, max_size=5), st.integers(0, 1))
def test_any_scores_agree_bit_for_bit(name: str, classes: list[Any], y: int) -> None:
    native, twin = LOSSES[name](compiled), LOSSES[name](interpreted)
    scores = {k: score for k, (score, _) in enumerate(classes)}
    p = {k: abs(score) / 800 for k, (score, _) in enumerate(classes)}
    counts = {k: count for k, (_, count) in enumerate(classes)}
    for call, arguments in (
        ("value_one", (scores, y, counts)),
        ("gradient_one", (scores, y, counts)),
        ("scores_one", (p, counts)),
        ("probabilities_one", (scores, counts)),
    ):
        assert outcome(getattr(native, call), *arguments) == outcome(getattr(twin, call), *arguments)


class Foreign:
    """A cross-entropy of a third party."""

    needs_calibrator, half_life = False, 50.0

    def scores_one(self, p: Any, counts: Any) -> Any:
        return {k: math.log(max(1e-300, q)) for k, q in p.items()}

    def gradient_one(self, scores: Any, y: Any, counts: Any) -> Any:
        masses = {k: math.exp(u) for k, u in scores.items()}
        total = math.fsum(masses.values())
        return {k: mass / total - (k == y) for k, mass in masses.items()}


LEARNED = {**LOSSES, "foreign": lambda kernel: Foreign()}


@pytest.mark.parametrize("name", LEARNED)
def test_learners_by_a_loss_agree_bit_for_bit(name: str) -> None:
    def binary(kernel: Any, basis: int) -> Any:
        return kernel("logistic").Logistic(
            kernel("prior_bank").PriorBank(), THREE, 6, 3, basis, LEARNED[name](kernel)
        )

    def many(kernel: Any, basis: int) -> Any:
        return kernel("softmax").Softmax(
            kernel("class_shares").ClassShares(), THREE, 6, 3, LEARNED[name](kernel), basis
        )

    pairs = [(binary(compiled, basis), binary(interpreted, basis)) for basis in (0, 2)]
    rng = random.Random(5)
    classes = [(many(compiled, basis), many(interpreted, basis)) for basis in (0, 2)]
    for x, y, w, _ in islice(mixed_events(400), 150):
        label = "rare" if y else rng.choice("ab")
        for one, other in pairs:
            assert exact(one.scores_one(x)[0]) == exact(other.scores_one(x)[0])
            one.learn_one(x, y, w)
            other.learn_one(x, y, w)
        for one, other in classes:
            assert exact(one.scores_one(x)[0]) == exact(other.scores_one(x)[0])
            one.learn_one(x, label, w)
            other.learn_one(x, label, w)
    for one, other in [*pairs, *classes]:
        assert exact(one.__getstate__()) == exact(other.__getstate__())
