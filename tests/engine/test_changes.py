"""A running state under other parameters: changed where its parts declare it, else refused and left as it was."""

from __future__ import annotations

from typing import Any

import pytest
from river import base, multiclass, preprocessing
from river import ensemble as river_ensemble
from river import linear_model as river_linear

from streamimb import (
    CalibratedClassifier,
    GuardedClassifier,
    SampledClassifier,
    calibration,
    ensemble,
    linear_model,
    sampling,
)
from streamimb.catalogue import register
from streamimb.engine import BothReported, Engine
from streamimb.engine.changes import ChangeRefused, changed
from streamimb.engine.snapshot import dumps, loads
from tests.engine.parts import event


def engine_of(sampler: Any = None, calibrator: Any = None, **learner: Any) -> Engine:
    sampled = SampledClassifier(
        linear_model.LogisticRegression(**learner), sampler or sampling.UnderSampler(share=0.2), seed=1
    )
    return Engine(CalibratedClassifier(sampled, calibrator), BothReported(), allow_pickle=True)


def taught(engine: Engine, n: int = 200) -> Engine:
    for i in range(n):
        engine.on_event(event(f"e{i}", float(i), y=i % 10 == 0, amount=float(i % 50)))
    return engine


def moved(saved: Engine, configured: Engine) -> tuple[Engine, list[str]]:
    """An engine of the configured model with the saved state, and what changed."""
    snapshot, words = changed(saved.snapshot(), configured.model, configured.built, allow_pickle=True)
    configured.restore(snapshot, {})
    return configured, words


def test_a_share_is_changed_and_what_was_learned_stays() -> None:
    saved = taught(engine_of(sampling.UnderSampler(share=0.2)))
    now, words = moved(saved, engine_of(sampling.UnderSampler(share=0.3)))
    assert words == ["[sampler] share: from 0.2 to 0.3"]
    assert now.counters["parameter_changes"] == 1
    assert now.counters["learned"] == 200
    sampler = now.model.classifier.classifier.sampler
    assert sampler.share == 0.3
    assert now.built == engine_of(sampling.UnderSampler(share=0.3)).built
    x = {"a": 1.0, "b": 0.5, "amount": 3.0}
    assert now.model.predict_proba_one(x) == saved.model.predict_proba_one(x)
    again, words = moved(now, engine_of(sampling.UnderSampler(share=0.3)))
    assert (words, again.counters["parameter_changes"]) == ([], 1)


def test_a_changed_rate_rules_from_then_on() -> None:
    """As if it had been changed while the first process ran."""
    saved = taught(engine_of(sampling.ScoreUnderSampler(keep_rate=0.2)))
    now, _ = moved(saved, engine_of(sampling.ScoreUnderSampler(keep_rate=0.5)))
    saved.model.classifier.classifier.sampler.keep_rate = 0.5
    for engine in (saved, now):
        for i in range(300):
            engine.on_event(event(f"f{i}", 200.0 + i, y=i % 10 == 0, amount=float(i % 50)))
    assert dumps(now.model) == dumps(saved.model)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (sampling.UnderSampler, {"share": 0.2}, {"keep_rate": 0.1}),
        (sampling.UnderSampler, {"keep_rate": 0.1}, {"share": 0.2}),
        (sampling.ScoreUnderSampler, {"share": 0.3}, {"keep_rate": 0.1}),
        (sampling.ScoreUnderSampler, {"keep_rate": 0.1}, {"share": 0.3}),
        (sampling.ScoreUnderSampler, {"keep_rate": 0.1}, {}),
        (sampling.ScoreUnderSampler, {"share": 0.3}, {}),
    ],
)
def test_a_share_and_a_rate_take_each_others_place(kind: Any, old: Any, new: Any) -> None:
    saved = taught(engine_of(kind(**old)))
    now, words = moved(saved, engine_of(kind(**new)))
    shown = [f"[sampler] {name}: {value} is left out" for name, value in old.items() if name not in new]
    shown += [f"[sampler] {name}: set to {value}" for name, value in new.items() if name not in old]
    assert sorted(words) == sorted(shown)
    assert len(words) == len(old.keys() | new.keys())
    sampler = now.model.classifier.classifier.sampler
    assert (sampler.share, sampler.keep_rate) == (new.get("share"), new.get("keep_rate"))
    saved.model.classifier.classifier.sampler.mutate(
        new or dict.fromkeys(old)
    )  # as if it had been changed while the first process ran
    for engine in (saved, now):
        for i in range(300):
            engine.on_event(event(f"f{i}", 200.0 + i, y=i % 10 == 0, amount=float(i % 50)))
    assert dumps(now.model) == dumps(saved.model)
    assert loads(dumps(sampler)).share == new.get("share")


def test_what_the_wrappers_were_given_is_named_by_its_table() -> None:
    def engine(prior: float = 0.05, anchor: str = "live", schema: Any = None, warm_up: int = 1_000) -> Engine:
        sampled = SampledClassifier(linear_model.LogisticRegression(), prior=prior, anchor=anchor, seed=1)
        return Engine(GuardedClassifier(CalibratedClassifier(sampled), schema, warm_up), BothReported())

    for other, words in (
        ({"prior": 0.1}, "[model] prior: 0.05, not 0.1"),
        ({"anchor": "frozen"}, "[correction] anchor: 'live', not 'frozen'"),
        ({"warm_up": 500}, "[guard] warm_up: 1000, not 500"),
    ):
        with pytest.raises(ChangeRefused) as refused:
            moved(engine(), engine(**other))
        assert refused.value.reasons == [words]
    sampled = SampledClassifier(linear_model.LogisticRegression(), correction="prior", seed=1)
    with pytest.raises(ChangeRefused) as refused:
        moved(engine(), Engine(CalibratedClassifier(sampled), BothReported()))
    assert refused.value.reasons == ["[correction] type: 'auto', not 'prior'"]


def test_a_memory_of_platt_is_changed_and_its_scaling_stays() -> None:
    saved = taught(engine_of(calibrator=calibration.Platt(50)))
    before = saved.model.classifier.calibrator
    now, words = moved(saved, engine_of(calibrator=calibration.Platt(30)))
    assert words == ["[calibrator] memory: from 50 to 30"]
    after = now.model.classifier.calibrator
    assert (after.memory, after.scalings) == (30, before.scalings)
    assert after.scalings != calibration.Platt().scalings
    assert loads(dumps(after)).memory == 30


def test_a_memory_rules_after_it_was_changed() -> None:
    long, short = calibration.Platt(200), calibration.Platt(200)
    short.mutate({"memory": 5})
    for i in range(500):
        for platt in (long, short):
            platt.learn_one(0.1, i > 400)
    assert short.calibrate_one(0.1) > long.calibrate_one(0.1)
    with pytest.raises(ValueError, match="memory=1"):
        short.mutate({"memory": 1})
    assert short.memory == 5


def test_another_mixture_starts_afresh_and_the_rest_stays() -> None:
    saved = taught(engine_of(calibrator=calibration.PlattMixture((200, 30))))
    now, (words,) = moved(saved, engine_of(calibrator=calibration.PlattMixture((100, 50, 20))))
    assert words == ("[calibrator] memories: from [200, 30] to [100, 50, 20]; the calibrator is reset")
    calibrator = now.model.classifier.calibrator
    assert calibrator.memories == (100, 50, 20)
    assert dumps(calibrator) == dumps(calibration.PlattMixture((100, 50, 20)))
    assert now.counters["parameter_changes"] == 1
    assert now.counters["learned"] == 200
    taught(now)


class Curved:
    """A calibrator of somebody else's: no River object, and its state is its attributes."""

    def __init__(self, degree: int = 1) -> None:
        self.degree = degree

    def calibrate_one(self, p: float) -> float:
        return p

    def learn_one(self, p: float, y: bool, w: float = 1.0, memo: Any = None) -> None:
        self.learned = p


class River(base.Base, Curved):
    """The same as a River object, whose parameters are known."""


def test_a_calibrator_of_somebody_else_starts_afresh_where_it_is_registered(own_parts: None) -> None:
    register(River, "calibration.River")
    saved = taught(engine_of(calibrator=River(1)))
    assert vars(saved.model.classifier.calibrator).keys() == {"degree", "learned"}
    now, (words,) = moved(saved, engine_of(calibrator=River(2)))
    assert words.startswith("[calibrator] degree: from 1 to 2; ")
    assert vars(now.model.classifier.calibrator) == {"degree": 2}


class Share:
    """A sampler of somebody else's that is no River object; one of its two parameters may change."""

    depends_on_x, draws = False, True
    _mutable_attributes = frozenset({"keep"})

    def __init__(self, keep: float = 0.5, power: float = 1.0) -> None:
        self.keep, self.power = keep, power

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return {label: 1.0 if label is True else self.keep for label in p}

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        self.learned = y


class Slotted(Share):
    """The same without a dict of attributes of its own."""

    __slots__ = ("n",)


@pytest.mark.parametrize("kind", [Share, Slotted])
def test_a_part_that_is_no_river_object_is_changed_or_refused_as_any_other(
    kind: Any, own_parts: None
) -> None:
    register(kind, f"sampling.{kind.__name__}")
    saved = taught(engine_of(kind(0.5)))
    now, words = moved(saved, engine_of(kind(0.3)))
    assert words == ["[sampler] keep: from 0.5 to 0.3"]
    assert now.model.classifier.classifier.sampler.keep == 0.3
    assert hasattr(now.model.classifier.classifier.sampler, "learned")
    with pytest.raises(ChangeRefused, match=r"^\[sampler\] power: 1\.0, not 2\.0$"):
        moved(saved, engine_of(kind(0.5, 2.0)))
    register(Curved, "calibration.Curved")
    now, words = moved(taught(engine_of(calibrator=Curved(1))), engine_of(calibrator=Curved(2)))
    assert words == ["[calibrator] degree: from 1 to 2; the calibrator is reset"]
    assert vars(now.model.classifier.calibrator) == {"degree": 2}


def test_parts_inside_a_part_are_named_by_their_way_into_it() -> None:
    def product(first: float, second: float) -> Any:
        return sampling.Product(sampling.UnderSampler(share=first), sampling.UnderSampler(share=second))

    _, words = moved(taught(engine_of(product(0.2, 0.2))), engine_of(product(0.3, 0.3)))
    assert words == ["[sampler] first.share: from 0.2 to 0.3", "[sampler] second.share: from 0.2 to 0.3"]

    def segmented(memory: int) -> Any:
        return calibration.Segmented(calibration.PlattMixture((memory, 30)), "a")

    with_fields = engine_of(calibrator=segmented(200)), engine_of(calibrator=segmented(100))
    _, words = moved(taught(with_fields[0]), with_fields[1])
    assert words == ["[calibrator] calibrator.memories: from [200, 30] to [100, 30]; the calibrator is reset"]
    assert dumps(with_fields[1].model.classifier.calibrator) == dumps(segmented(100))
    other = engine_of(calibrator=calibration.Segmented(calibration.Platt(50), "a"))
    _, (word,) = moved(taught(engine_of(calibrator=segmented(200))), other)
    assert word.startswith(
        "[calibrator] calibrator: from 'calibration.PlattMixture' to 'calibration.Platt'; "
    )


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda learner: river_ensemble.BaggingClassifier(learner, n_models=2, seed=1),
        lambda learner: multiclass.OneVsRestClassifier(learner),
        lambda learner: ensemble.UOBClassifier(learner, n_models=2, seed=1),
    ],
    ids=["River's bag", "one against the rest", "our bag"],
)
def test_a_change_of_the_pattern_of_copies_is_refused(wrapped: Any) -> None:
    def engine(l2: float) -> Engine:
        return Engine(wrapped(river_linear.LogisticRegression(l2=l2)), BothReported(), allow_pickle=True)

    with pytest.raises(ChangeRefused, match=r"l2: 0\.0, not 0\.1"):
        moved(taught(engine(0.0)), engine(0.1))


def test_a_calibrator_that_is_not_registered_is_refused() -> None:
    with pytest.raises(ChangeRefused, match="degree: 1, not 2"):
        moved(taught(engine_of(calibrator=River(1))), engine_of(calibrator=River(2)))


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "learning rates": (
        {},
        {"learning_rates": (0.1,)},
        r"\[learner\] learning_rates: \[0\.05, 0\.2, 0\.8\], not \[0\.1\]",
    ),
    "hash bits": ({}, {"hash_bits": 10}, r"\[learner\] hash_bits: 18, not 10"),
    "another sampler": (
        {"sampler": sampling.UnderSampler(share=0.2)},
        {"sampler": sampling.ScoreUnderSampler()},
        r"^\[sampler\] type: sampling\.UnderSampler, not sampling\.ScoreUnderSampler",
    ),
    "another calibrator": (
        {"calibrator": calibration.Platt()},
        {"calibrator": calibration.PlattMixture()},
        r"^\[calibrator\] type: calibration\.Platt, not calibration\.PlattMixture",
    ),
    "mix": (
        {"sampler": sampling.ScoreUnderSampler(mix=0.5)},
        {"sampler": sampling.ScoreUnderSampler(mix=0.2)},
        r"\[sampler\] mix: 0\.5, not 0\.2",
    ),
}


@pytest.mark.parametrize(("saved", "configured", "words"), REFUSED.values(), ids=REFUSED)
def test_what_would_break_the_state_is_refused(
    saved: dict[str, Any], configured: dict[str, Any], words: str
) -> None:
    with pytest.raises(ChangeRefused, match=words):
        moved(engine_of(**saved), engine_of(**configured))


def test_a_river_learner_is_changed_where_it_says_so_and_a_step_of_a_pipeline_is_not() -> None:
    def engine(learner: Any) -> Engine:
        model = SampledClassifier(learner, sampling.UnderSampler(share=0.2), seed=1)
        return Engine(model, BothReported(), allow_pickle=True)

    def logistic(l2: float, intercept: float = 0.0) -> base.Classifier:
        return river_linear.LogisticRegression(l2=l2, intercept_init=intercept)

    now, words = moved(taught(engine(logistic(0.0))), engine(logistic(0.1)))
    assert words == ["[learner] l2: from 0.0 to 0.1"]
    assert now.model.classifier.classifier.l2 == 0.1
    with pytest.raises(ChangeRefused, match=r"^\[learner\] intercept_init: 0\.0, not 1\.0"):
        moved(engine(logistic(0.0)), engine(logistic(0.0, 1.0)))
    scaler = preprocessing.StandardScaler
    with pytest.raises(ChangeRefused, match=r"^\[learner\] LogisticRegression\.l2: 0\.0, not 0\.1"):
        moved(engine(scaler() | logistic(0.0)), engine(scaler() | logistic(0.1)))


def test_all_changes_are_made_or_none() -> None:
    saved = engine_of(sampling.UnderSampler(share=0.2), hash_bits=18)
    before = saved.snapshot()
    with pytest.raises(ChangeRefused) as refused:
        moved(saved, engine_of(sampling.UnderSampler(share=0.3), calibration.Platt(), hash_bits=10))
    assert len(refused.value.reasons) == 2
    assert saved.snapshot() == before
