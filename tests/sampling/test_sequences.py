"""A list or tuple where a mapping belongs is refused; as an index, True would read beyond its end."""

from __future__ import annotations

from typing import Any

import pytest

from streamimb import sampling

P = {False: 0.7, True: 0.3}


@pytest.mark.parametrize("rates", [[], (), [1.0], b""])
def test_rates_of_another_kind_are_refused(rates: Any) -> None:
    sampler = sampling.ScoreUnderSampler()
    if not rates:
        with pytest.raises((LookupError, TypeError, ValueError)):
            sampler.learn_one({}, False, P, rates)
    for _ in range(3):
        sampler.learn_one({}, False, P, {False: 1.0, True: 1.0})
    assert 0.0 < sampler.rates_one({}, P)[False] <= 1.0
