"""Learners by a loss: probabilities that are true under sampling, scores of the loss as `raw`, states, weights."""

from __future__ import annotations

import copy
import math
import random
from array import array
from collections.abc import Iterator
from typing import Any

import pytest

from streamimb import SampledClassifier, losses, sampling
from streamimb.calibration import PlattMixture, VectorScaling
from streamimb.cli import build
from streamimb.compose import CalibratedClassifier
from streamimb.config import loads
from streamimb.engine import snapshot
from streamimb.events import Event
from streamimb.linear_model import LogisticGAM, LogisticRegression, SoftmaxGAM, SoftmaxRegression
from tests.config.test_config import MINIMAL
from tests.laws.table import LOSSES

TWO = [LogisticRegression, LogisticGAM]
INTERCEPTS = {"most": 0.0, "some": -2.0, "few": -3.5}  # about 80, 14 and 4 %


def rare(n: int, seed: int) -> Iterator[tuple[dict[str, float], bool, float]]:
    """Events at about 5 % with the P(True) that they were drawn from."""
    rng = random.Random(seed)
    for _ in range(n):
        x = {f"f{i}": rng.gauss(0.0, 1.0) for i in range(4)}
        p = 1.0 / (1.0 + math.exp(3.6 - x["f0"] - 0.7 * x["f1"]))
        yield x, rng.random() < p, p


def classes(n: int, seed: int) -> Iterator[tuple[dict[str, float], str, dict[str, float]]]:
    """Events of three classes with the probabilities that they were drawn from."""
    rng = random.Random(seed)
    for _ in range(n):
        x = {f"f{i}": rng.gauss(0.0, 1.0) for i in range(3)}
        odds = {k: math.exp(b + x[f"f{i}"] * 1.2) for i, (k, b) in enumerate(INTERCEPTS.items())}
        p = {k: o / sum(odds.values()) for k, o in odds.items()}
        yield x, rng.choices(list(p), list(p.values()))[0], p


def ratio(model: Any, seed: int, n: int = 9_000) -> float:
    """Mean served P(True) over the mean true one, after a third of the events."""
    served = true = 0.0
    for t, (x, y, p) in enumerate(rare(n, seed)):
        if 3 * t >= n:
            served, true = served + model.predict_proba_one(x)[True], true + p
        model.learn_one(x, y)
    return served / true


def sampled_ratios(loss: Any) -> list[float]:
    """The ratio for each of four seeds, sampled to 40 % positives, corrected and calibrated."""
    ratios = []
    for seed in (1, 2, 3, 4):
        sampled = SampledClassifier(
            LogisticRegression(loss=loss), sampling.UnderSampler(share=0.4), seed=seed
        )
        ratios.append(ratio(CalibratedClassifier(sampled, PlattMixture()), seed))
    return ratios


@pytest.fixture(scope="module")
def plain() -> list[float]:
    return sampled_ratios(None)


@pytest.mark.parametrize("name", ["ClassBalanced", "EqualizedFocal", "Focal", "LDAM", "VS"])
def test_a_sampled_learner_by_a_loss_gives_true_probabilities(name: str, plain: list[float]) -> None:
    """The labels of a seed alone move a ratio by .07; they are the same for the cross-entropy, so it is compared."""
    ratios = sampled_ratios(LOSSES[name]())
    assert abs(sum(ratios) / 4.0 - 1.0) < 0.05, ratios
    differences = [one - other for one, other in zip(ratios, plain, strict=True)]
    assert abs(sum(differences) / 4.0) < 0.03, differences


def test_a_loss_that_needs_a_calibrator_gives_true_probabilities_behind_one() -> None:
    """Three seeds together have about 1,600 events of the rarest class: a standard error of .025."""
    said = {"learner": 0.0, "calibrated": 0.0, "true": 0.0}
    for seed in (1, 2, 3):
        model = CalibratedClassifier(SoftmaxRegression(loss=losses.Seesaw()), VectorScaling())
        for t, (x, y, p) in enumerate(classes(15_000, seed)):
            if t >= 5_000:
                said["learner"] += model.classifier.predict_proba_one(x)["few"]
                said["calibrated"] += model.predict_proba_one(x)["few"]
                said["true"] += p["few"]
            model.learn_one(x, y)
    assert said["learner"] / said["true"] > 2.0
    assert abs(said["calibrated"] / said["true"] - 1.0) < 0.05, said


@pytest.mark.parametrize("name", ["ClassBalanced", "LogitAdjusted", "VS"])
def test_scores_of_a_balancing_loss_find_more_of_the_rare_classes(name: str) -> None:
    """The same events are learned: the recall of the rarest class by the score rises, that by p is as it was."""
    loss = LOSSES[name]()
    model, plain = SoftmaxRegression(loss=loss), SoftmaxRegression()
    hits = {"score": 0, "p": 0, "plain": 0}
    positives = 0
    counts = dict.fromkeys(INTERCEPTS, 1.0)
    for t, (x, y, _) in enumerate(classes(6_000, 2)):
        if t >= 2_000 and y == "few":
            p, q = model.predict_proba_one(x), plain.predict_proba_one(x)
            score = loss.scores_one(p, counts)
            hits["score"] += max(score, key=score.__getitem__) == y
            hits["p"] += max(p, key=p.__getitem__) == y
            hits["plain"] += max(q, key=q.__getitem__) == y
            positives += 1
        counts[y] += 1.0
        model.learn_one(x, y)
        plain.learn_one(x, y)
    assert positives > 100
    assert hits["score"] > hits["plain"] + 0.3 * positives
    assert abs(hits["p"] - hits["plain"]) < 0.05 * positives


def test_the_raw_score_is_that_of_the_loss_before_and_behind_a_sampler() -> None:
    loss = losses.Focal(gamma=2.0)
    model = LogisticRegression(loss=loss)
    sampled = SampledClassifier(LogisticRegression(loss=loss), sampling.ClassWeights(((True, 9.0),)))
    for x, y, _ in rare(600, 3):
        model.learn_one(x, y)
        sampled.learn_one(x, y)
    x = next(rare(1, 4))[0]
    scores, _ = model.scores_one(x)
    expected = loss.scores_one({False: 1.0 - scores.corrected, True: scores.corrected}, {False: 1, True: 1})
    assert scores.raw == pytest.approx(1.0 / (1.0 + math.exp(expected[False] - expected[True])), rel=1e-12)
    behind, _ = sampled.scores_one(x)
    odds = 9.0 * behind.corrected / (1.0 - behind.corrected)
    tilted = {False: 1.0 / (1.0 + odds), True: odds / (1.0 + odds)}
    expected = loss.scores_one(tilted, {False: 1, True: 1})
    assert behind.raw == pytest.approx(1.0 / (1.0 + math.exp(expected[False] - expected[True])), rel=1e-9)


@pytest.mark.parametrize("kind", TWO)
@pytest.mark.parametrize(
    "loss",
    [losses.Focal(0.0), losses.ClassBalanced(0.0), losses.LogitAdjusted(0.0), losses.LogitAdjusted(1.0)],
    ids=str,
)
def test_a_loss_that_is_the_cross_entropy_learns_the_same(kind: Any, loss: Any) -> None:
    plain, model = kind(), kind(loss=loss)
    weights = random.Random(5)
    for x, y, _ in rare(250, 6):
        w = weights.choice([0.3, 1.0, 1.0, 6.0])
        plain.learn_one(x, y, w)
        model.learn_one(x, y, w)
        # A weight above 1 is a path that is followed in parts, not in closed form.
        assert model.predict_proba_one(x)[True] == pytest.approx(plain.predict_proba_one(x)[True], rel=0.02)


def test_a_loss_of_classes_that_is_the_cross_entropy_learns_the_same() -> None:
    plain, model = SoftmaxRegression(), SoftmaxRegression(loss=losses.LDAM(margin=0.0))
    for t, (x, y, _) in enumerate(classes(250, 6)):
        plain.learn_one(x, y, 1.0 + t % 3)
        model.learn_one(x, y, 1.0 + t % 3)
        assert model.predict_proba_one(x) == pytest.approx(plain.predict_proba_one(x), rel=1e-9)


def test_a_weight_comes_to_as_many_repeats() -> None:
    model = LogisticRegression(loss=losses.Focal())
    for x, y, _ in rare(500, 7):
        model.learn_one(x, y, offset=-3.0)
    one, many = copy.deepcopy(model), copy.deepcopy(model)
    x = {"f0": 1.0, "f1": 0.5, "f2": 0.0, "f3": -1.0}
    one.step_one(x, True, -3.0, 20.0)
    for _ in range(20):
        many.step_one(x, True, -3.0)
    before, after = (m.predict_offset_one(x, -3.0) for m in (model, many))
    assert after > 1.5 * before
    assert one.predict_offset_one(x, -3.0) == pytest.approx(after, rel=0.03)


@pytest.mark.parametrize("name", LOSSES)
def test_a_restored_learner_goes_on_to_the_last_bit(name: str) -> None:
    loss = LOSSES[name]()
    learners: list[Any] = [SoftmaxRegression(loss=loss), SoftmaxGAM(loss=loss)]
    if not loss.needs_calibrator:
        learners.append(LogisticRegression(loss=loss))
    for own in learners:
        for x, y, _ in rare(60, 8):
            own.learn_one(x, y)
        other = snapshot.loads(snapshot.dumps(own))
        again = copy.deepcopy(own)
        for x, y, _ in rare(20, 9):
            other.learn_one(x, y, 2.0)
            again.learn_one(x, y, 2.0)
        assert snapshot.dumps(other) == snapshot.dumps(again)


@pytest.mark.parametrize("kind", [*TWO, SoftmaxRegression, SoftmaxGAM])
def test_a_state_whose_counts_do_not_fit_is_refused(kind: Any) -> None:
    model, plain = kind(loss=losses.ClassBalanced()), kind()
    for x, y, _ in rare(30, 8):
        model.learn_one(x, y)
        plain.learn_one(x, y)
    before = snapshot.dumps(plain)

    def counts(state: Any) -> dict[str, Any]:
        part: dict[str, Any] = state["kernel"]["experts" if kind in TWO else "weights"]
        return part

    for wrong in (b"", b"\0" * 24, b"\0" * 8, (-1.0).hex().encode(), None, 3):
        state = model.__getstate__()
        counts(state)["loss"] = wrong
        with pytest.raises(ValueError, match=r"counts|loss"):
            plain.__setstate__(state)
    state = plain.__getstate__()
    counts(state)["loss"] = b"\0" * 16
    with pytest.raises(ValueError, match="loss"):
        plain.__setstate__(state)
    assert snapshot.dumps(plain) == before


@pytest.mark.parametrize("kind", TWO)
def test_a_learner_of_two_classes_refuses_a_loss_that_needs_a_calibrator(kind: Any) -> None:
    with pytest.raises(ValueError, match=r"^loss=Seesaw: expected .*SoftmaxRegression takes this one"):
        kind(loss=losses.Seesaw())


@pytest.mark.parametrize("kind", [*TWO, SoftmaxRegression, SoftmaxGAM])
def test_weights_of_a_state_whose_sums_would_overflow_are_refused(kind: Any) -> None:
    """What loads can be saved again, whatever it learns."""
    model = kind(loss=losses.ClassBalanced(), hash_bits=4)
    for x, y, _ in rare(30, 8):
        model.learn_one(x, y)
    saved, refused = model.__getstate__(), 0
    left = [saved["kernel"]]
    while left:
        held = left.pop()
        left.extend(part for part in held.values() if isinstance(part, dict))
        for name in {"weight", "bias", "G", "gap", "basis", "alpha"} & held.keys():
            if isinstance(held[name], bytes) and held[name]:
                right, held[name] = held[name], array("d", [1e308]).tobytes() + held[name][8:]
                with pytest.raises(ValueError, match="state: "):
                    kind().__setstate__(saved)
                held[name], refused = right, refused + 1
    assert refused >= 2
    kind().__setstate__(saved)


@pytest.mark.parametrize("kind", [*TWO, SoftmaxRegression, SoftmaxGAM])
def test_what_is_no_loss_is_refused(kind: Any) -> None:
    with pytest.raises(ValueError, match="loss='focal'"):
        kind(loss="focal")


def test_a_configuration_chooses_the_loss() -> None:
    config = loads(MINIMAL + "[learner]\nloss = {type = 'losses.Focal', gamma = 1.5}\n")
    engine = build.engine(config, replay=False)
    for i in range(40):
        engine.on_event(Event(f"e{i}", float(i), {"a": float(i % 7)}, i % 5 == 0))
    assert engine.counters["learn_failed"] == 0
    again = build.engine(config, replay=False)
    build.restored(again, engine.snapshot(), {}, force=False, allow_pickle=False)
    assert again.snapshot() == engine.snapshot()
    assert "losses.Focal" in str(engine.built)
