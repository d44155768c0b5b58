"""What would correct twice is refused at construction, wherever it is inside, and the message names the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from river import drift, ensemble, imblearn, multiclass, naive_bayes, optim, preprocessing
from river import linear_model as river_linear

from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, linear_model, sampling

PAGE = Path(__file__).resolve().parents[2] / "docs" / "double_correction.md"
HALVES = {False: 0.5, True: 0.5}


def plain() -> Any:
    return river_linear.LogisticRegression()


def sampled() -> Any:
    return SampledClassifier(plain(), sampling.UnderSampler(share=0.2), seed=1)


AGAIN = "it contains SampledClassifier, .* Sample once: give the inner classifier and one sampler"
UNKNOWN = (
    "River's {} samples without saying its rate, .* Give the classifier inside it, and sampling.UnderSampler"
)
INSIDE: dict[str, tuple[Any, str]] = {
    "SampledClassifier": (sampled, AGAIN),
    "calibrated": (lambda: CalibratedClassifier(sampled()), AGAIN),
    "guarded": (lambda: GuardedClassifier(CalibratedClassifier(sampled())), AGAIN),
    "RandomUnderSampler": (
        lambda: imblearn.RandomUnderSampler(plain(), HALVES, seed=1),
        UNKNOWN.format("RandomUnderSampler"),
    ),
    "RandomOverSampler": (
        lambda: imblearn.RandomOverSampler(plain(), HALVES, seed=1),
        UNKNOWN.format("RandomOverSampler"),
    ),
    "RandomSampler": (
        lambda: imblearn.RandomSampler(plain(), HALVES, seed=1),
        UNKNOWN.format("RandomSampler"),
    ),
    "HardSamplingClassifier": (
        lambda: imblearn.HardSamplingClassifier(plain(), size=10, p=0.5, seed=1),
        UNKNOWN.format("HardSamplingClassifier"),
    ),
    "a weighted loss": (
        lambda: river_linear.LogisticRegression(loss=optim.losses.Log(weight_pos=5.0)),
        "the loss of LogisticRegression weighs the classes, .* use sampling.ClassWeights",
    ),
}
CONTAINERS: dict[str, Any] = {
    "nothing": lambda model: model,
    "Pipeline": lambda model: preprocessing.StandardScaler() | model,
    "a pipeline in a pipeline": lambda model: (
        preprocessing.StandardScaler() | (preprocessing.MinMaxScaler() | model)
    ),
    "OneVsRestClassifier": multiclass.OneVsRestClassifier,
    "OneVsOneClassifier": multiclass.OneVsOneClassifier,
    "BaggingClassifier": lambda model: ensemble.BaggingClassifier(model, n_models=2, seed=1),
    "ADWINBaggingClassifier": lambda model: ensemble.ADWINBaggingClassifier(model, n_models=2, seed=1),
    "LeveragingBaggingClassifier": lambda model: ensemble.LeveragingBaggingClassifier(
        model, n_models=2, seed=1
    ),
    "bagging of pipelines": lambda model: ensemble.BaggingClassifier(
        preprocessing.StandardScaler() | model, n_models=2, seed=1
    ),
    "VotingClassifier": lambda model: ensemble.VotingClassifier([plain(), model]),
    "StackingClassifier": lambda model: ensemble.StackingClassifier(
        [plain(), model], meta_classifier=plain()
    ),
    "DriftRetrainingClassifier": drift.DriftRetrainingClassifier,
    "a pipeline of one-vs-rest of a pipeline": lambda model: (
        preprocessing.StandardScaler()
        | multiclass.OneVsRestClassifier(preprocessing.StandardScaler() | model)
    ),
}


@pytest.mark.parametrize("around", CONTAINERS.values(), ids=CONTAINERS)
@pytest.mark.parametrize(("inside", "message"), INSIDE.values(), ids=INSIDE)
def test_a_second_correction_is_refused_wherever_it_is(inside: Any, message: str, around: Any) -> None:
    with pytest.raises(ValueError, match=message):
        SampledClassifier(around(inside()), sampling.UnderSampler(share=0.2), seed=1)


class OurSubclass(SampledClassifier):
    """A third party's subclass of ours, in a module of its own."""


class RiversSubclass(imblearn.RandomUnderSampler):
    """A third party's subclass of a sampler of River's."""


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        (lambda: OurSubclass(plain(), sampling.UnderSampler(share=0.2), seed=1), AGAIN),
        (lambda: RiversSubclass(plain(), HALVES, seed=1), UNKNOWN.format("RiversSubclass")),
    ],
)
def test_a_subclass_corrects_twice_too(inside: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SampledClassifier(inside(), sampling.UnderSampler(share=0.2), seed=1)


@pytest.mark.parametrize(
    "around",
    [around for name, around in CONTAINERS.items() if name not in {"nothing", "DriftRetrainingClassifier"}],
)
def test_a_plain_learner_in_the_same_place_is_sampled(around: Any) -> None:
    SampledClassifier(around(plain()), sampling.UnderSampler(share=0.2), seed=1)


@pytest.mark.parametrize("classifier", [linear_model.LogisticRegression(), linear_model.SoftmaxRegression()])
@pytest.mark.parametrize("sampler", [sampling.ClassWeights(), sampling.ExampleCosts(5.0)])
def test_weights_are_not_taken_out_by_weights(classifier: Any, sampler: Any) -> None:
    with pytest.raises(
        ValueError, match=r"correction='weight' takes out exactly the weights .* Use 'offset'"
    ):
        SampledClassifier(classifier, sampler, "weight")


def test_a_learner_without_weights_gets_none() -> None:
    with pytest.raises(ValueError, match=r"ClassWeights gives weights, and GaussianNB takes none: use "):
        SampledClassifier(naive_bayes.GaussianNB(), sampling.ClassWeights())


DOCUMENTED: dict[str, Any] = {
    "sampled twice": lambda: SampledClassifier(sampled()),
    "a sampler of River's": lambda: SampledClassifier(imblearn.RandomUnderSampler(plain(), HALVES, seed=1)),
    "a weighted loss": lambda: SampledClassifier(INSIDE["a weighted loss"][0]()),
    "weights and inverse weights": lambda: SampledClassifier(
        linear_model.LogisticRegression(), sampling.ClassWeights(), "weight"
    ),
    "a sampler around ours": lambda: GuardedClassifier(
        imblearn.RandomUnderSampler(sampled(), HALVES, seed=1)
    ),
}


@pytest.mark.parametrize("build", DOCUMENTED.values(), ids=DOCUMENTED)
def test_the_page_has_the_message(build: Any) -> None:
    with pytest.raises(ValueError) as refusal:
        build()
    assert f"| {refusal.value} |" in PAGE.read_text()
