"""What a sampler of a third party returns is checked before anything learns, the same on every route."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable
from typing import Any

import pytest
from river import multiclass, naive_bayes

from streamimb import SampledClassifier
from streamimb.checks import data_of
from streamimb.linear_model import LogisticRegression, SoftmaxRegression
from tests.compose.parts import Rates

ROUTES: dict[str, tuple[Callable[[Any], Any], tuple[Any, ...]]] = {
    "offset": (lambda sampler: SampledClassifier(LogisticRegression(), sampler, seed=1), (False, True)),
    "prior": (
        lambda sampler: SampledClassifier(LogisticRegression(), sampler, correction="prior", seed=1),
        (False, True),
    ),
    "mapping of two": (
        lambda sampler: SampledClassifier(naive_bayes.GaussianNB(), sampler, seed=1),
        (False, True),
    ),
    "mapping of three": (
        lambda sampler: SampledClassifier(
            multiclass.OneVsRestClassifier(LogisticRegression()), sampler, seed=1
        ),
        ("a", "b", "c"),
    ),
    "offsets of classes": (
        lambda sampler: SampledClassifier(SoftmaxRegression(), sampler, seed=1),
        ("a", "b", "c"),
    ),
}


class Answers(Rates):
    """Rates of 1, until it is told what to make of them."""

    def __init__(self) -> None:
        super().__init__()
        self.change: Callable[[dict[Any, float]], Any] = lambda rates: rates

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return self.change(dict.fromkeys(p, 1.0))

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        self._seen.append((y, dict(rates)))


def without_the_last(rates: dict[Any, float]) -> dict[Any, float]:
    return dict(list(rates.items())[:-1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            without_the_last,
            r"^sampler: Answers\.rates_one lacks a class: it has to return a rate for every class",
        ),
        (lambda rates: {}, r"^sampler: Answers\.rates_one lacks a class"),
        (lambda rates: {**rates, next(iter(rates)): None}, r"^sampler: Answers\.rates_one lacks a class"),
        (
            lambda rates: list(rates.items()),
            r"^sampler: Answers\.rates_one gave list: it has to return a mapping",
        ),
        (lambda rates: None, r"^sampler: Answers\.rates_one gave NoneType"),
    ],
)
@pytest.mark.parametrize("route", ROUTES)
def test_a_sampler_that_omits_a_class_teaches_nothing(route: str, change: Any, message: str) -> None:
    make, labels = ROUTES[route]
    sampler = Answers()
    model = make(sampler)
    for i in range(30):
        model.learn_one({"a": float(i)}, labels[i % len(labels)])
    before = data_of(model.classifier), model.kept_share
    sampler.change = change
    with pytest.raises(ValueError, match=message) as refusal:
        model.learn_one({"a": 77.25}, labels[0])
    assert "77.25" not in str(refusal.value)
    assert (data_of(model.classifier), model.kept_share) == before
    sampler.change = lambda rates: rates
    model.learn_one({"a": 1.0}, labels[1])


@pytest.mark.parametrize("route", ROUTES)
def test_rates_of_other_classes_are_ignored_and_any_mapping_is_taken(route: str) -> None:
    make, labels = ROUTES[route]
    plain, other = make(Answers()), make(more := Answers())
    more.change = lambda rates: UserDict({**rates, "no class": 5.0})
    for i in range(60):
        for model in (plain, other):
            model.learn_one({"a": float(i % 7)}, labels[i % len(labels)])
    x = {"a": 3.0}
    assert plain.predict_proba_one(x) == other.predict_proba_one(x)
    assert plain.last_rates == other.last_rates
