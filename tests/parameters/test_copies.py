"""What a copy of a part takes along, and that its parameters stay what they were."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from river import preprocessing

from streamimb import (
    CalibratedClassifier,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    calibration,
    sampling,
    stats,
)
from streamimb.catalogue import entries
from streamimb.checks import (
    anchors,
    calibrators,
    classifiers,
    drift_detectors,
    reservoirs,
    routes,
    samplers,
    statistics,
    synthesizers,
)
from streamimb.checks.state_data import data_of
from streamimb.engine.snapshot import dumps, loads
from streamimb.linear_model import LogisticRegression
from streamimb.parameters import Part
from tests.laws.table import (
    ANCHORS,
    CALIBRATORS,
    CLASSIFIERS,
    DRIFT_DETECTORS,
    RESERVOIRS,
    ROUTES,
    SAMPLERS,
    STATISTICS,
    SYNTHESIZERS,
)

PARTS = [
    pytest.param(make, kind.teach, id=name)
    for kind, table in (
        (anchors, ANCHORS),
        (calibrators, CALIBRATORS),
        (classifiers, CLASSIFIERS),
        (drift_detectors, DRIFT_DETECTORS),
        (reservoirs, RESERVOIRS),
        (routes, ROUTES),
        (samplers, SAMPLERS),
        (statistics, STATISTICS),
        (synthesizers, SYNTHESIZERS),
    )
    for name, make in table.items()
]


@pytest.mark.parametrize(("make", "teach"), PARTS)
def test_a_clone_with_attributes_is_the_part_as_it_is(
    make: Callable[[], Any], teach: Callable[[Any, int, int], list[Any]]
) -> None:
    part = make()
    teach(part, 0, 300)
    other = part.clone(include_attributes=True)
    assert data_of(other) == data_of(part)
    before = data_of(part)
    said = teach(other, 300, 100)
    assert data_of(part) == before  # what it learns is its own
    assert said == teach(part, 300, 100)
    assert data_of(part.clone()) == data_of(make())


@pytest.mark.parametrize(("make", "teach"), PARTS)
def test_a_state_does_not_go_with_other_parameters(make: Callable[[], Any], teach: Any) -> None:
    with pytest.raises(ValueError, match=r"^new_params=\{'a': 1\}, include_attributes=True: .* ask for one"):
        make().clone({"a": 1}, include_attributes=True)


def whole() -> GuardedClassifier:
    sampled = SampledClassifier(LogisticRegression(), seed=1)
    return GuardedClassifier(CalibratedClassifier(sampled), warm_up=5)


EXCHANGES = [
    (lambda: whole(), "classifier", LogisticRegression()),
    (lambda: whole(), "schema", Schema({})),
    (lambda: whole(), "warm_up", 7),
    (lambda: whole().classifier, "classifier", LogisticRegression()),
    (lambda: whole().classifier, "calibrator", calibration.Platt()),
    (lambda: whole().classifier.classifier, "classifier", LogisticRegression()),
    (lambda: whole().classifier.classifier, "sampler", sampling.UnderSampler(share=0.1)),
    (lambda: whole().classifier.classifier, "correction", "prior"),
    (lambda: whole().classifier.classifier, "anchor", "frozen"),
    (lambda: whole().classifier.classifier, "prior", stats.ClassPrior()),
    (lambda: whole().classifier.classifier, "seed", 2),
]


@pytest.mark.parametrize(("make", "name", "other"), EXCHANGES)
def test_a_part_is_not_exchanged_behind_the_kernel(make: Callable[[], Any], name: str, other: Any) -> None:
    """The kernel would go on with the old one, and nothing would tell."""
    model = make()
    before = data_of(model)
    with pytest.raises(
        AttributeError, match=rf"^{name}: .* build a new one, or clone\(\{{'{name}': \.\.\.\}}\)$"
    ):
        setattr(model, name, other)
    with pytest.raises(ValueError, match=f"'{name}' is not a mutable attribute"):
        model.mutate({name: other})
    assert data_of(model) == before
    assert repr(getattr(model.clone({name: other}), name)) == repr(other)


PARTS_OF_ALL_KINDS = {entry.name: entry.cls for entry in entries() if issubclass(entry.cls, Part)}
MUTABLE = {("sampling.UnderSampler", "share"), ("sampling.ScoreUnderSampler", "share")}
MUTABLE |= {(name, "keep_rate") for name, _ in MUTABLE} | {("calibration.Platt", "memory")}
MUTABLE |= {
    ("sampling.OverSampler", "share"),
    *(("sampling.BothSampler", name) for name in ("share", "budget")),
}
MUTABLE |= {("sampling.ClassBalance", "memory"), ("sampling.ErrorBandSampler", "share")}
PARAMETERS = [
    (kind, name)
    for public, kind in PARTS_OF_ALL_KINDS.items()
    for name in inspect.signature(kind).parameters
    if (public, name) not in MUTABLE
]


@pytest.mark.parametrize(("kind", "name"), PARAMETERS)
def test_no_parameter_is_exchanged_without_effect(kind: Any, name: str) -> None:
    part = kind(**next(kind._unit_test_params()))
    pickled = pickle.loads(pickle.dumps(part))
    for one in (part, part.clone(), copy.deepcopy(part), pickled, loads(dumps(part))):
        before = data_of(one)
        setattr(one, name, getattr(one, name))  # the same is no exchange
        with pytest.raises(
            AttributeError, match=rf"^{name}: {kind.__name__} was set up .*clone\(\{{'{name}': \.\.\.\}}\)$"
        ):
            setattr(one, name, object())
        assert data_of(one) == before


def test_a_part_of_ones_own_minds_its_own_parameters() -> None:
    class Own(sampling.ClassWeights):
        gain = 5.0

        def __init__(self, weights: Any = "balanced", gain: float | None = None, names: int = 2) -> None:
            super().__init__(weights)
            self.names = names
            if gain is not None:
                self.gain = gain

    own = Own()
    own.gain += 1.0
    own.names = 3
    assert (own.gain, own.names, Own().gain) == (6.0, 3, 5.0)
    with pytest.raises(AttributeError, match=r"^weights: Own was set up"):
        own.weights = ((True, 2.0),)


def test_what_may_change_inside_changes_inside() -> None:
    sampler = sampling.UnderSampler(keep_rate=0.5)
    sampled = SampledClassifier(LogisticRegression(), sampler, seed=1)
    sampler.mutate({"keep_rate": 0.25})
    sampled.learn_one({"a": 1.0}, False)
    sampled.learn_one({"a": 1.0}, False)
    assert sampled.last_rates == {False: 0.25, True: 1.0}


def test_a_pipeline_takes_its_learner_along() -> None:
    pipeline = preprocessing.StandardScaler() | LogisticRegression()
    classifiers.teach(pipeline, 0, 200)
    said = classifiers.says(pipeline)
    assert classifiers.says(pipeline.clone(include_attributes=True)) == said
    assert classifiers.says(pipeline.clone()) != said
