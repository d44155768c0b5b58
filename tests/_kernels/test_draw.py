from __future__ import annotations

import math
import pickle

import pytest

from streamimb._kernels.draw import Draw


def test_it_is_splitmix64() -> None:
    """Against the first outputs of the published generator at seed 0."""
    published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    draw = Draw(0)
    for word in published:
        assert draw.uniform() == (word >> 11) * 2.0**-53


def test_any_integer_is_a_seed() -> None:
    assert Draw(-1).uniform() == Draw(2**64 - 1).uniform()
    assert Draw(2**70 + 5).uniform() == Draw(5).uniform()


@pytest.mark.parametrize("rate", [1e-6, 0.03, 0.5, 0.999, 1.25, 7.9])
def test_copies_have_the_rate_as_their_mean(rate: float) -> None:
    draw, n = Draw(1), 100_000
    copies = [draw.copies(rate) for _ in range(n)]
    assert set(copies) <= {float(math.floor(rate)), math.floor(rate) + 1.0}
    part = rate - math.floor(rate)
    assert abs(sum(copies) / n - rate) <= 4 * math.sqrt(part * (1 - part) / n)


def test_a_whole_rate_draws_nothing() -> None:
    draw = Draw(3)
    before = pickle.dumps(draw)
    assert [draw.copies(rate) for rate in (1.0, 2.0, 1e15, 1.7e308)] == [1.0, 2.0, 1e15, 1.7e308]
    assert pickle.dumps(draw) == before
    draw.copies(0.5)
    assert pickle.dumps(draw) != before


@pytest.mark.parametrize("rate", [0.0, -0.5, math.nan, math.inf, -math.inf])
def test_fault_52_a_rate_of_0_or_not_finite_is_refused(rate: float) -> None:
    draw = Draw(3)
    before = pickle.dumps(draw)
    with pytest.raises(ValueError, match="rate="):
        draw.copies(rate)
    assert pickle.dumps(draw) == before


@pytest.mark.parametrize("rate", [0.01, 1.0, 7.9, 700.0])
def test_poisson_numbers_have_the_rate_as_their_mean_and_variance(rate: float) -> None:
    draw, n = Draw(1), 5_000 if rate > 100.0 else 50_000
    copies = [draw.poisson(rate) for _ in range(n)]
    mean = sum(copies) / n
    assert abs(mean - rate) <= 4 * math.sqrt(rate / n)
    variance = sum((each - rate) ** 2 for each in copies) / n
    assert abs(variance - rate) <= 4 * math.sqrt((rate + 2 * rate**2) / n)


@pytest.mark.parametrize("rate", [0.0, -0.5, math.nan, math.inf, 1.1e6])
def test_a_mean_that_is_none_or_too_large_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="rate="):
        Draw(3).poisson(rate)
