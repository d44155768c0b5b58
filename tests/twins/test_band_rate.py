from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome

PRIOR = {False: 0.97, True: 0.03}
MANY = {"a": 0.5, "b": 0.4, "c": 0.1}


def make(kernel: Any, centre: float) -> Any:
    scored = kernel("score_rate").ScoreRate(2_000)
    scored._set_aim(4.0, 0.0, 0.3)
    return kernel("band_rate").BandRate(scored, centre, 0.2), scored


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([0.0, 0.3, 1.0]),
    st.lists(st.tuples(PROBABILITIES, st.booleans(), WEIGHTS), max_size=60),
)
def test_any_scores_agree_bit_for_bit(centre: float, stream: list[tuple[float, bool, float]]) -> None:
    (native, ours), (twin, its) = make(compiled, centre), make(interpreted, centre)
    for p, y, w in stream:
        for proba, prior in (
            ({False: 1.0 - p, True: p}, PRIOR),
            ({"a": 1.0 - p, "b": 0.9 * p, "c": 0.1 * p}, MANY),
        ):
            rates = native.rates_one({}, proba, prior)
            assert exact(rates) == exact(twin.rates_one({}, proba, prior))
            label = y if prior is PRIOR else "b"
            arguments: tuple[Any, ...] = ({}, label, proba, rates, prior, w)
            assert outcome(native.learn_one, *arguments) == outcome(twin.learn_one, *arguments)
        assert exact(ours.negatives) == exact(its.negatives)
        assert exact(ours._class_sums) == exact(its._class_sums)
