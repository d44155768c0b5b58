"""A list or tuple where a mapping belongs is refused; as an index, True would be read beyond its end."""

from __future__ import annotations

from typing import Any

import pytest

from streamimb import SampledClassifier, sampling
from streamimb.linear_model import LogisticRegression

P = {False: 0.7, True: 0.3}
REFUSALS = (LookupError, TypeError, ValueError, AttributeError)


@pytest.mark.parametrize("other", [[], (), b""])
@pytest.mark.parametrize("sampler", [sampling.ScoreUnderSampler, lambda: sampling.UnderSampler(share=0.3)])
def test_what_is_no_mapping_is_refused(sampler: Any, other: Any) -> None:
    made = sampler()
    made.learn_one({}, False, P, {False: 1.0, True: 1.0}, P)
    with pytest.raises(REFUSALS):
        made.rates_one({}, P, other)
    assert 0.0 < made.rates_one({}, P, P)[False] <= 1.0


@pytest.mark.parametrize("other", [[], (), b""])
def test_rates_that_are_no_mapping_are_not_learned(other: Any) -> None:
    made = sampling.ScoreUnderSampler()
    with pytest.raises(REFUSALS):
        made.learn_one({}, False, P, other, P)


class Answers:
    """A sampler of somebody else's that answers with something else."""

    depends_on_x = False
    draws = True

    def __init__(self, rates: Any) -> None:
        self.rates = rates

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return self.rates

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        pass


@pytest.mark.parametrize("rates", [[], (), b"", [1.0], (1.0,)])
def test_a_sampler_of_somebody_else_that_answers_without_a_mapping(rates: Any) -> None:
    model = SampledClassifier(LogisticRegression(), Answers(rates))
    with pytest.raises(REFUSALS):
        model.learn_one({"a": 1.0}, False)
