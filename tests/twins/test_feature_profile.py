from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import FEATURES, exact, mixed_events, outcome


def profile(kernel: Any, every: int, block: int) -> Any:
    parent = kernel("feature_profile").FeatureProfile

    class Profile(parent):  # type: ignore[misc, valid-type]
        def _judge(self) -> None:
            self._close()
            for place in range(len(self._fields)):
                self._fold(place, 0.9)
            self._empty()

        def _forget_alarms(self) -> None: ...

    made = Profile()
    made._start(every, block, 10)
    return made


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(FEATURES, st.just([1])), max_size=30))
def test_any_features_agree_bit_for_bit(events: list[Any]) -> None:
    ends = []
    for kernel in (compiled, interpreted):
        made = profile(kernel, 1, 7)
        ends.append(([outcome(made.update, x) for x in events], exact(made.__getstate__())))
    assert ends[0] == ends[1]


def test_a_stream_is_sampled_at_the_same_events_and_a_state_moves_between_the_twins() -> None:
    native, twin = profile(compiled, 4, 50), profile(interpreted, 4, 50)
    for i, (x, *_) in enumerate(mixed_events(3_000)):
        native.update(x)
        twin.update(x)
        if i == 1_000:
            twin.__setstate__(native.__getstate__())
    assert exact(native.__getstate__()) == exact(twin.__getstate__())
    assert len(native._fields) == 10
    assert native.__getstate__()["ignored"] > 0
    assert exact(native._profile(0, True)) == exact(twin._profile(0, True))
