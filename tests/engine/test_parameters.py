"""What a model was built with is remembered as it was, whatever the model makes of its parameters later."""

from __future__ import annotations

import math
from typing import Any

import pytest
from river import base, ensemble, forest, linear_model, preprocessing, tree

from streamimb import CalibratedClassifier, SampledClassifier, sampling
from streamimb import linear_model as own
from streamimb.engine import BothReported, Engine
from streamimb.engine.parameters import differences, parameters, unstored
from streamimb.events import Event

MODELS: dict[str, Any] = {
    "forest": lambda: forest.ARFClassifier(n_models=2, seed=1),
    "patches": lambda: ensemble.SRPClassifier(
        tree.HoeffdingTreeClassifier(), n_models=2, subspace_size=9, seed=1
    ),
    "forest in all": lambda: CalibratedClassifier(
        SampledClassifier(
            preprocessing.StandardScaler() | forest.ARFClassifier(n_models=2, seed=1),
            sampling.UnderSampler(share=0.5),
            seed=1,
        )
    ),
    "ours": lambda: CalibratedClassifier(SampledClassifier(own.LogisticRegression(), seed=1)),
}


def engine_of(model: base.Classifier) -> Engine:
    return Engine(model, BothReported(), allow_pickle=True)


def taught(engine: Engine, start: int = 0) -> Engine:
    for i in range(start, start + 60):
        engine.on_event(
            Event(f"e{i}", float(i), {k: float((i * 7 + j) % 5) for j, k in enumerate("abcd")}, i % 3 == 0)
        )
    return engine


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_restarts_keep_what_the_first_model_was_built_with(make: Any) -> None:
    built = engine_of(make()).built
    engine = taught(engine_of(make()))
    for start in (60, 120):
        again = engine_of(make())
        again.restore(engine.snapshot(), {})
        assert again.built == built
        engine = taught(again, start)
    assert differences(engine.built, engine_of(make()).built) == []


@pytest.mark.parametrize("name", ["forest", "patches", "forest in all"])
def test_these_models_rewrite_their_parameters(name: str) -> None:
    """Else the test above would show nothing."""
    engine = taught(engine_of(MODELS[name]()))
    assert differences(parameters(engine.model), engine.built)


def test_a_parameter_mutated_at_run_time_is_kept_and_is_no_other_configuration() -> None:
    def make() -> base.Classifier:
        return SampledClassifier(own.LogisticRegression(), sampling.UnderSampler(share=0.2), seed=1)

    engine = engine_of(make())
    engine.model.classifier.sampler.mutate({"share": 0.4})
    again = engine_of(make())
    again.restore(engine.snapshot(), {})
    assert again.built == engine_of(make()).built
    assert again.model.classifier.sampler.share == 0.4


class Forgetful(base.Classifier):
    """Does not store a parameter, against River's contract."""

    def __init__(self, a: int, b: Any, c: Any) -> None:
        self.a = a
        self.c = c

    def learn_one(self, x: Any, y: Any) -> None:
        pass


def test_a_model_that_does_not_store_a_parameter_is_described_by_the_others() -> None:
    described = parameters(Forgetful(1, 2, linear_model.Perceptron()))
    assert described["a"] == 1
    assert described["c"]["class"].endswith("Perceptron")
    assert "b" not in described
    assert isinstance(engine_of(Forgetful(1, 2, 3)), Engine)


class Apart:
    """A part that is no River object, with a part inside it."""

    def __init__(self, inner: Any = None, *more: Any, seed: int = 1, **others: Any) -> None:
        self.inner, self._seed = inner, seed


def test_parts_that_are_no_river_objects_are_described_by_what_they_keep() -> None:
    described = parameters(Apart(Apart(3, seed=2)))
    assert described["inner"]["inner"] == 3
    assert described["class"] == described["inner"]["class"] == f"{__name__}.Apart"
    assert unstored(Apart()) == ("seed",)
    assert unstored(Forgetful(1, 2, 3)) == ("b",)
    assert unstored(sampling.UnderSampler(share=0.2)) == ()


def test_parts_in_a_circle_are_described() -> None:
    part = Apart()
    part.inner = [part]
    assert parameters(part)["class"] == f"{__name__}.Apart"


def test_nan_does_not_differ_from_itself() -> None:
    assert differences({"missing": math.nan}, {"missing": float("nan")}) == []
    assert differences({"missing": math.nan}, {"missing": 0.0}) == ["missing: nan, not 0.0"]
