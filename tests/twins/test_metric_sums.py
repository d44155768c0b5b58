from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome

SERVED = st.tuples(PROBABILITIES, PROBABILITIES, PROBABILITIES, st.booleans(), WEIGHTS)
HALF_LIVES = [1.0, 3.5, 1e9]


def parts(twin: Callable[[str], Any], half_life: float = 500.0) -> list[Any]:
    """Three ratios, the recent one, the base rate, the losses, the ranking."""
    kernel = twin("metric_sums")
    ratios = [kernel.RatioSums(half_life) for _ in range(3)]
    rest = kernel.RatioSums(50.0, True), kernel.RatioSums(half_life), kernel.LossSums(half_life)
    return [*ratios, *rest, twin("ranked_scores").RankedScores(half_life)]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(HALF_LIVES), st.lists(SERVED, max_size=40))
def test_any_served_events_agree_bit_for_bit(half_life: float, stream: list[Any]) -> None:
    native, twin = (parts(kernel, half_life) for kernel in (compiled, interpreted))
    one, other = compiled("metric_sums").MetricSums(*native), interpreted("metric_sums").MetricSums(*twin)
    for arguments in stream:
        assert outcome(one.add, *arguments) == outcome(other.add, *arguments)
        if arguments[0] > 0.5:
            for sums in (native[2], twin[2]):
                sums.orphan()
            for served in (one, other):
                served.lose()
    assert exact((one.lost_n(), *native)) == exact((other.lost_n(), *twin))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(HALF_LIVES), st.lists(SERVED, max_size=40))
def test_any_probabilities_agree_bit_for_bit(half_life: float, stream: list[Any]) -> None:
    native, twin = (parts(kernel, half_life) for kernel in (compiled, interpreted))
    for _, _, p, y, w in stream:
        for one, other in zip(native, twin, strict=True):
            assert outcome(one.update_p, y, p, w) == outcome(other.update_p, y, p, w)
    assert exact(native) == exact(twin)


def test_two_streams_agree_bit_for_bit() -> None:
    ends = []
    for twin in (compiled, interpreted):
        kernel, rng = twin("metric_sums"), random.Random(8)
        heads, tails = parts(twin), parts(twin)
        head, tail = kernel.MetricSums(*heads), kernel.MetricSums(*tails)
        for _ in range(2_000):
            p = rng.betavariate(0.3, 8)
            served = head if rng.random() < 0.6 else tail
            served.add(p, p * 0.9, p * 0.8, rng.random() < p, rng.random())
            if rng.random() < 0.1:
                served.lose()
        head.append(tail)
        ends.append(exact((head.lost_n(), *heads)))
    assert ends[0] == ends[1]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(), WEIGHTS), max_size=40))
def test_any_histogram_agrees_bit_for_bit(stream: list[tuple[float, float]]) -> None:
    shape = (200.0, 1e-3, 1.2, 60)
    native, twin = (kernel("log_histogram").LogHistogram(*shape) for kernel in (compiled, interpreted))
    for value, w in stream:
        assert outcome(native.add, value, w) == outcome(twin.add, value, w)
    assert exact(native) == exact(twin)


def test_merged_cells_agree_bit_for_bit() -> None:
    ends = []
    for twin in (compiled, interpreted):
        rng = random.Random(11)
        made, later = (twin("ranked_scores").RankedScores(3_000.0) for _ in range(2))
        for i in range(9_000):
            p = rng.betavariate(0.5, 20) if i % 3 else round(rng.random(), 2)
            (made if i < 6_000 else later).update_p(rng.random() < p, p, rng.expovariate(1.0))
        made.append(later)
        ends.append(exact(made))
    assert ends[0] == ends[1]


LABELS = st.sampled_from([True, False, "a", "b", 2, 2.0, None, float("nan")])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(HALF_LIVES), st.lists(st.tuples(LABELS, LABELS, st.floats(0.1, 50)), max_size=40))
def test_any_confusion_agrees_bit_for_bit(half_life: float, stream: list[Any]) -> None:
    native, twin = (kernel("confusion").ConfusionSums(half_life) for kernel in (compiled, interpreted))
    for true, said, w in stream:
        assert outcome(native.add, true, said, w) == outcome(twin.add, true, said, w)
    for one in (native, twin):
        one.append(one)
    assert exact(native) == exact(twin)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(HALF_LIVES), st.lists(st.lists(st.floats(0, 1e60), min_size=8, max_size=8), max_size=40)
)
def test_any_decayed_sums_agree_bit_for_bit(half_life: float, stream: list[list[float]]) -> None:
    native, twin = (kernel("decayed_sums").DecayedSums(half_life) for kernel in (compiled, interpreted))
    for one in (native, twin):
        for values in stream:
            one.add(*values)
        one.append(one)
    assert exact(native) == exact(twin)
    assert native.sums() == twin.sums()
