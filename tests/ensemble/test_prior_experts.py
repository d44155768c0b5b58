"""Experts at different class priors: bounds of fixed share, prior flips, true probabilities, a state as data."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

import pytest

from streamimb import CalibratedClassifier, ensemble, linear_model
from streamimb.checks.class_corrections import NAMES, class_stream
from streamimb.checks.corrections import stream
from streamimb.engine.snapshot import dumps, loads
from streamimb.ensemble.fixed_share import FixedShare, tilted


def flips(n: int, seed: int) -> Iterator[tuple[dict[str, float], bool]]:
    """The rare class (2 %) is the common one (98 %) in the second and the last quarter."""
    rng = random.Random(seed)
    for i in range(n):
        y = rng.random() < (0.02, 0.98)[4 * i // n % 2]
        yield {"a": rng.gauss(2.0 * y, 1.0)}, y


def losses(share: FixedShare, n: int, seed: int) -> tuple[float, list[list[float]]]:
    """The loss of the mixture, and those of the experts in each quarter; members know nothing but the prior."""
    mixed, alone = 0.0, [[0.0] * len(share.taus) for _ in range(4)]
    for i, (_, y) in enumerate(flips(n, seed)):
        answers = [dict(share.prior.get())] * len(share.taus)
        mixed -= math.log(share.answer(answers)[y])
        for j, expert in enumerate(share.experts(answers)):
            alone[4 * i // n][j] -= math.log(expert[y])
        share.learn(answers, y, 1.0)
    return mixed, alone


def test_it_serves_what_a_learner_on_the_prior_serves_until_it_knows_both_classes() -> None:
    """Before any label the prior; after one positive in 1,000, and after positives alone, no more than a bag."""
    for labels in ([], [True] * 20, [False] * 1_000 + [True]):
        ours, bag = (
            make(seed=1, prior=0.01) for make in (ensemble.PriorExpertsClassifier, ensemble.UOBClassifier)
        )
        rng = random.Random(1)
        for y in labels:
            x = {"a": rng.gauss(0.0, 1.0)}
            ours.learn_one(x, y)
            bag.learn_one(x, y)
        said, beside = (model.predict_proba_one({"a": 0.5}).get(True, 0.01) for model in (ours, bag))
        assert said <= max(0.011, 3.0 * beside), labels[-1:]
        assert labels or said == pytest.approx(0.01)


@pytest.mark.parametrize("seed", range(3))
def test_the_loss_is_within_the_bound_of_fixed_share(seed: int) -> None:
    n, alpha = 4_000, 1e-3
    mixed, alone = losses(FixedShare((0.0, 1.0, 2.0), alpha, 0.05), n, seed)
    best_of_all = min(sum(quarter[j] for quarter in alone) for j in range(3))
    assert mixed <= best_of_all + math.log(3) - n * math.log1p(-alpha)
    best_of_each = sum(min(quarter) for quarter in alone)
    assert mixed <= best_of_each + 4 * math.log(3) + 3 * math.log(1 / alpha) - n * math.log1p(-alpha)


def test_tilting_is_exact() -> None:
    p, prior = {"a": 0.7, "b": 0.2, "c": 0.1}, {"a": 0.7, "b": 0.2, "c": 0.1}
    assert tilted(p, prior, 1.0) == pytest.approx(dict.fromkeys(p, 1 / 3))
    assert tilted(p, prior, 0.0) == pytest.approx(p)
    inverse = {label: 1 / q for label, q in p.items()}
    total = sum(inverse.values())
    assert tilted(p, prior, 2.0) == pytest.approx({label: q / total for label, q in inverse.items()})


def test_after_a_flip_of_the_classes_it_loses_less_than_one_learner_on_its_prior() -> None:
    """Log loss over the 60 events after each of three flips, three seeds: less than half."""
    ours = alone = 0.0
    for seed in range(3):
        model = ensemble.PriorExpertsClassifier(seed=seed)
        single = ensemble.UOBClassifier(n_models=1, seed=seed)
        for i, (x, y) in enumerate(flips(4_000, seed)):
            if i >= 1_000 and i % 1_000 < 60:
                ours -= math.log(model.predict_proba_one(x)[y])
                alone -= math.log(single.predict_proba_one(x)[y])
            model.learn_one(x, y)
            single.learn_one(x, y)
    assert ours < 0.5 * alone


def test_the_mean_probability_is_true() -> None:
    model = CalibratedClassifier(ensemble.PriorExpertsClassifier(seed=1))
    said = positives = 0.0
    for i, (x, y, _) in enumerate(stream(20_000, 1)):
        if i >= 5_000:
            said += model.predict_proba_one(x)[True]
            positives += y
        model.learn_one(x, y)
    assert said / positives == pytest.approx(1.0, abs=0.05), "seed 1"


def test_the_experts_share_many_classes_too() -> None:
    model = ensemble.PriorExpertsClassifier(linear_model.SoftmaxRegression(), seed=1)
    said, true = dict.fromkeys(NAMES, 0.0), dict.fromkeys(NAMES, 0.0)
    for i, (x, y, truth) in enumerate(class_stream(6_000, 1)):
        if i >= 1_500:
            for name, p in model.predict_proba_one(x).items():
                said[name] += p
                true[name] += truth[name]
        model.learn_one(x, y)
    for name, error in zip(NAMES, (0.0054, 0.04, 0.057), strict=True):
        assert said[name] / true[name] == pytest.approx(1.0, abs=4.0 * error), (name, "seed 1")
    assert model.weights[0] > 0.9


def test_a_label_is_the_same_as_its_bool_and_a_weight_counts_as_that_many_events() -> None:
    ones, bools = (FixedShare((0.0, 1.0), 0.0, 0.1) for _ in range(2))
    answers = [{False: 0.8, True: 0.2}] * 2
    for share in (ones, bools):
        share.prior.update(False)
        share.prior.update(True)
    before = list(ones.weights)
    ones.learn(answers, True, 2.0)
    said = [expert[True] for expert in bools.experts(answers)]
    parts = [weight * p**2 for weight, p in zip(before, said, strict=True)]
    assert ones.weights == pytest.approx([part / sum(parts) for part in parts])
    model, twin = (ensemble.PriorExpertsClassifier(seed=1) for _ in range(2))
    for x, y, _ in stream(1_000, 1)[:200]:
        model.learn_one(x, int(y))
        twin.learn_one(x, y)
    assert model.weights == twin.weights


def test_a_state_is_data_and_a_damaged_one_is_refused() -> None:
    model = ensemble.PriorExpertsClassifier(seed=1)
    for x, y, _ in stream(2_000, 1)[:500]:
        model.learn_one(x, y)
    again: Any = loads(dumps(model))
    assert dumps(again) == dumps(model)
    assert again.weights == model.weights
    combiner = model.__getstate__()["combiner"]
    for damage in (
        {"weights": [0.5, 0.6, 0.1]},
        {"weights": [0.5, 0.5]},
        {"weights": [math.nan, 0.5, 0.5]},
        {"prior": 0.5},
        {"more": 1},
    ):
        made = ensemble.PriorExpertsClassifier.__new__(ensemble.PriorExpertsClassifier)
        with pytest.raises(ValueError, match=r"."):
            made.__setstate__({**model.__getstate__(), "combiner": {**combiner, **damage}})
        assert not vars(made)
