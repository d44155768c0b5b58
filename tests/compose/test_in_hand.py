"""Values and parts that call the model while it has their event in hand: it refuses to be set up anew, in words."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from river import base, naive_bayes

from streamimb import (
    CalibratedClassifier,
    GuardedClassifier,
    SampledClassifier,
    ThresholdedClassifier,
    calibration,
    linear_model,
    sampling,
    tree,
)
from streamimb.compose.capabilities import inner_models

IN_HAND = r"has an event in hand: it cannot be set up anew"
REFUSED = rf"{IN_HAND}|would not follow another|^companion="
LEARNERS: dict[str, Callable[[], Any]] = {
    "linear": lambda: linear_model.LogisticRegression(hash_bits=6),
    "curves": lambda: linear_model.LogisticGAM(hash_bits=6),
    "classes": lambda: linear_model.SoftmaxRegression(hash_bits=6),
    "boosted": lambda: tree.RollingBoostingClassifier(
        linear_model.LogisticRegression(hash_bits=6), n_trees=4, ring_size=200, every=20, hash_bits=6
    ),
    "tree": lambda: tree.HoeffdingTreeClassifier(hash_bits=6),
}
WRAPPED: dict[str, Callable[[Any], Any]] = {
    "alone": lambda learner: learner,
    "sampled": lambda learner: SampledClassifier(learner, seed=1),
    "calibrated": lambda learner: CalibratedClassifier(SampledClassifier(learner, seed=1)),
    "guarded": lambda learner: GuardedClassifier(CalibratedClassifier(SampledClassifier(learner, seed=1))),
    "guard inside": lambda learner: ThresholdedClassifier(GuardedClassifier(learner)),
}
CALLS: dict[str, Callable[[Any, Any], object]] = {
    "predict_proba_one": lambda model, x: model.predict_proba_one(x),
    "scores_one": lambda model, x: model.scores_one(x),
    "learn_one": lambda model, x: model.learn_one(x, True),
    "score_learn_one": lambda model, x: model.score_learn_one(x, True),
}


class Mapped(dict[str, Any]):
    """A dict that cannot be read."""

    def keys(self) -> Any:
        raise ZeroDivisionError


class Value:
    """A number whose conversion calls a function, once, and keeps what that raises."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.call: Callable[[], object] | None = call
        self.said = ""

    def __float__(self) -> float:
        call, self.call = self.call, None
        if call is not None:
            try:
                call()
            except Exception as error:  # noqa: BLE001  which it is, the test sees by its text
                self.said = str(error)
        return 1.0


def taught(model: Any, events: int = 40, fields: int = 30) -> Any:
    for i in range(events):
        model.learn_one({f"f{j}": float((i * j) % 7) for j in range(fields)}, i % 5 == 0)
    return model


def state_of(model: Any) -> Any:
    return repr(model.__getstate__())


@pytest.mark.parametrize("anew", ["__setstate__", "__init__"])
@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("name", LEARNERS)
def test_a_value_cannot_set_a_model_up_anew_that_reads_it(name: str, wrapped: str, anew: str) -> None:
    """Each model of a stack; the states are of new objects, which are smaller."""
    for place in range(len(list(inner_models(WRAPPED[wrapped](LEARNERS[name]()))))):
        model = taught(WRAPPED[wrapped](LEARNERS[name]()))
        target = list(inner_models(model))[place]
        if not hasattr(target, "predict_proba_one"):
            continue  # a sampler or calibrator, which does not read the event here
        if name == "boosted" and isinstance(target, linear_model.LogisticRegression):
            continue  # the companion reads the event when the trees have read it
        fresh = target.clone()

        def renew(target: Any = target, fresh: Any = fresh) -> None:
            if anew == "__setstate__":
                target.__setstate__(fresh.__getstate__())
            else:
                target.__init__(**target._get_params())

        for call in CALLS.values():
            value = Value(renew)
            call(model, {"f0": 1.0, "f1": value, "f29": 2.0})
            assert re.search(IN_HAND if anew == "__setstate__" else REFUSED, value.said)
            p = model.predict_proba_one({"f0": 1.0})
            assert sum(p.values()) == pytest.approx(1.0)
        if anew == "__setstate__":
            for odd in ({"f0": object()}, Mapped(), {"f0": [1]}):
                with contextlib.suppress(TypeError, ZeroDivisionError):  # a guard cleans some of them
                    model.learn_one(odd, True)
                with contextlib.suppress(TypeError, ZeroDivisionError):
                    model.predict_proba_one(odd)
            renew()  # the calls that failed have released it
            assert state_of(target) == state_of(fresh)


class Meddling(base.Base):
    """A sampler, calibrator or step that calls a function whenever it is asked, and otherwise does nothing."""

    depends_on_x, draws = True, True

    def __init__(self) -> None:
        self.call: Callable[[], object] = lambda: None

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        self.call()
        return dict.fromkeys(p, 0.5)

    def calibrate_one(self, p: float) -> float:
        self.call()
        return p

    def learn_one(self, *_: Any, **__: Any) -> None:
        self.call()


@pytest.mark.parametrize("name", LEARNERS)
def test_a_part_cannot_set_up_anew_the_models_around_and_beside_it(name: str) -> None:
    sampler, calibrator = Meddling(), Meddling()
    learner = LEARNERS[name]()
    sampled = SampledClassifier(learner, sampler, seed=1)
    model = taught(CalibratedClassifier(sampled, calibrator))
    for target in (learner, sampled, model):
        state = target.clone().__getstate__()
        for part in (sampler, calibrator):
            part.call = lambda target=target, state=state: target.__setstate__(state)  # type: ignore[misc]
            with pytest.raises(RuntimeError, match=IN_HAND):
                model.learn_one({"f0": 1.0}, True)
            part.call = lambda: None
            model.learn_one({"f0": 1.0}, True)


@pytest.mark.parametrize("name", ["boosted", "tree", "curves", "classes", "linear"])
def test_a_part_may_teach_a_learner_that_has_an_event_in_hand(name: str) -> None:
    """Its index and columns grow under the event; answers stay probabilities."""
    sampler, learner = Meddling(), LEARNERS[name]()
    model = taught(SampledClassifier(learner, sampler, seed=1), fields=3)
    for i in range(6):
        sampler.call = lambda i=i: learner.learn_one({f"g{i}_{j}": 1.0 for j in range(200)}, True)  # type: ignore[misc]
        model.learn_one({"f0": 1.0, "f1": 2.0}, True)
        sampler.call = lambda: None
        assert 0.0 < model.predict_proba_one({"f0": 1.0, f"g{i}_3": 1.0})[True] < 1.0


def test_a_mapping_route_and_a_pipeline_are_in_hand_too() -> None:
    sampler = Meddling()
    model = taught(SampledClassifier(naive_bayes.GaussianNB(), sampler, seed=1), fields=3)
    sampler.call = lambda: model.__setstate__(model.clone().__getstate__())
    with pytest.raises(RuntimeError, match=IN_HAND):
        model.learn_one({"f0": 1.0}, True)


def test_a_sampler_that_reads_features_is_in_hand_while_it_reads() -> None:
    for sampler in (sampling.ScoreUnderSampler(criterion="L"), sampling.DensityRatio()):
        if isinstance(sampler, sampling.DensityRatio):
            for i in range(30):
                sampler.observe_one({f"f{j}": 1.0 for j in range(30)}, i % 2 == 0)
        model = taught(SampledClassifier(LEARNERS["linear"](), sampler, seed=1))
        state = sampler.clone().__getstate__()
        for renew in (lambda s=sampler, t=state: s.__setstate__(t), sampler.__init__):  # type: ignore[misc]
            value = Value(renew)
            rates = sampler.rates_one(
                {"f1": value, "f2": 1.0}, {False: 0.5, True: 0.5}, {False: 0.9, True: 0.1}
            )
            assert all(0.0 < rate < math.inf for rate in rates.values())
            if isinstance(sampler, sampling.DensityRatio):
                assert re.search(IN_HAND, value.said)
        model.learn_one({"f0": 1.0}, True)


def test_a_calibrator_around_a_part_that_sets_it_up_anew() -> None:
    part = Meddling()
    hedged = calibration.Hedged(part)
    part.call = lambda: calibration.Hedged.__init__(hedged, part, "even")
    for p in (0.0, 0.3, 1.0):
        try:
            hedged.learn_one(p, True)
        except AttributeError:  # another scale than it was set up with
            continue
        assert 0.0 <= hedged.calibrate_one(p) <= 1.0


class Clearing(str):
    """A name whose hash empties the list that it is in."""

    names: list[Any]

    def __hash__(self) -> int:
        self.names.clear()
        return str.__hash__(self)


@pytest.mark.parametrize("name", LEARNERS)
def test_column_names_are_read_from_a_copy(name: str) -> None:
    x, y = np.ones((2, 3)), np.array([0, 1], dtype=np.uint8)
    for work in ("learn_rows", "predict_rows"):
        model = LEARNERS[name]()
        method = getattr(model, work)
        clearing = Clearing("c")
        clearing.names = names = ["a", "b", clearing]
        if work == "learn_rows":
            method(names, x, [False, True] if name == "classes" else y, np.ones(2))
        elif name == "classes":
            method(names, x)
        else:
            method(names, x, np.zeros(2))
        assert len(model.predict_proba_one({"a": 1.0})) == 2


@pytest.mark.parametrize("name", ["linear", "curves", "classes", "boosted", "tree"])
def test_a_batch_has_its_model_in_hand(name: str) -> None:
    model = taught(LEARNERS[name]())
    state = model.clone().__getstate__()

    class Renews(str):
        def __hash__(self) -> int:
            if armed:
                model.__setstate__(state)
            return str.__hash__(self)

    armed = False
    names = ["f0", Renews("f1"), "f2"]
    armed = True
    y = [False, True] if name == "classes" else np.array([0, 1], dtype=np.uint8)
    with pytest.raises(RuntimeError, match=IN_HAND):
        model.learn_rows(names, np.ones((2, 3)), y, np.ones(2))


# ------------------------------------------------------------------ memos


@pytest.mark.parametrize("how", ["clear", "none", "nan"])
@pytest.mark.parametrize("name", ["linear", "curves", "boosted", "tree"])
def test_a_memo_is_read_from_a_copy(name: str, how: str) -> None:
    model = taught(LEARNERS[name](), fields=3)
    other = taught(LEARNERS[name](), fields=3)
    for work in ("learn_one", "observe_one"):
        given = model.scores_one({"f0": 1.0, "f1": 2.0})[1]
        memo = list(given)

        def change(memo: list[Any] = memo) -> None:
            wrong: dict[str, list[Any]] = {
                "clear": [], "none": [None] * len(memo), "nan": [math.nan] * len(memo),
            }  # fmt: skip
            memo[:] = wrong[how]

        more = () if work == "learn_one" else (0.0, 1.0)
        key = {"memo": memo} if work == "learn_one" else {}
        getattr(model, work)({"f0": Value(change), "f1": 2.0}, True, *more, *(() if key else (memo,)), **key)
        getattr(other, work)({"f0": 1.0, "f1": 2.0}, True, *more, memo=given)
    assert model.predict_proba_one({"f0": 1.0}) == other.predict_proba_one({"f0": 1.0})


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("name", ["linear", "curves", "boosted", "tree"])
def test_a_memo_that_went_through_json_is_taken_everywhere(name: str, wrapped: str) -> None:
    model, other = (taught(WRAPPED[wrapped](LEARNERS[name]()), fields=3) for _ in range(2))
    memo = model.scores_one({"f0": 1.0})[1]
    model.learn_one({"f0": 1.0}, True, memo=list(memo))
    other.learn_one({"f0": 1.0}, True, memo=memo)
    if wrapped == "guarded":
        model.learn_served_one({"f0": 1.0}, False, 1.0, list(memo))
        other.learn_served_one({"f0": 1.0}, False, 1.0, memo)
    assert model.predict_proba_one({"f0": 1.0}) == other.predict_proba_one({"f0": 1.0})


def test_what_is_no_memo_is_refused_before_its_methods_are_called() -> None:
    class Sneaky(tuple[float, ...]):
        def __iter__(self) -> Any:
            raise AssertionError

    model = taught(LEARNERS["linear"](), fields=3)
    for memo in (Sneaky((0.5, 0.5)), "ab", 3, {0.5: 1}):
        with pytest.raises(ValueError, match=r"^memo: expected the tuple"):
            model.learn_one({"f0": 1.0}, True, memo=memo)
