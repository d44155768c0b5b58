"""What holds of every synthesizer on any stream: bounded, deterministic, apart from the caller, and saved whole."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb.checks.state_data import size_of
from streamimb.engine.snapshot import dumps, loads
from streamimb.stats import UniformReservoir
from streamimb.synthesis import SMOTE, BorderlineSMOTE, External, GaussianReplay, HardReplay, Remix
from tests.synthesis.streams import EVENTS, STREAMS, is_number

SMALL: dict[str, Callable[[], Any]] = {
    "BorderlineSMOTE": lambda: BorderlineSMOTE(k=2, m=4, reservoir=UniformReservoir(size=6)),
    "External": lambda: External(SMOTE(k=2, reservoir=UniformReservoir(size=6))),
    "GaussianReplay": lambda: GaussianReplay(fields=3, half_life=5),
    "HardReplay": lambda: HardReplay(share=0.7, size=3),
    "Remix": lambda: Remix(reservoir=UniformReservoir(size=6)),
    "SMOTE": lambda: SMOTE(k=2, reservoir=UniformReservoir(size=6)),
}
FEW = settings(max_examples=25, deadline=None)


def score(x: Any) -> dict[bool, float]:
    a = x.get("a")
    p = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, a)))) if is_number(a) else 0.5
    return {False: 1.0 - p, True: p}


def lives(synthesizer: Any, stream: list[Any], copies: int = 2) -> list[str]:
    """Examples of each event of a stream, and then the lesson of it, as the wrapper asks for them."""
    said = []
    for x, y in stream:
        said.append(repr(list(synthesizer.examples_one(x, y, copies, score))))
        synthesizer.learn_one(x, y)
    return said


@pytest.mark.parametrize("name", SMALL)
@FEW
@given(stream=STREAMS, then=STREAMS, copies=st.integers(1, 4))
def test_saved_and_resumed_it_is_the_uninterrupted_one(
    name: str, stream: list[Any], then: list[Any], copies: int
) -> None:
    before = copy.deepcopy(stream)
    one, other = SMALL[name](), SMALL[name]()
    assert lives(one, stream, copies) == lives(other, stream, copies)  # from the seed alone
    assert repr(stream) == repr(before)
    resumed = loads(dumps(one))
    assert dumps(resumed) == dumps(one)
    assert lives(one, then, copies) == lives(resumed, then, copies)
    assert dumps(resumed) == dumps(one)


@pytest.mark.parametrize("name", SMALL)
@FEW
@given(stream=STREAMS, x=EVENTS, y=st.booleans(), copies=st.integers(1, 7))
def test_the_mass_is_that_of_the_copies_and_every_number_is_finite(
    name: str, stream: list[Any], x: dict[Any, Any], y: bool, copies: int
) -> None:
    synthesizer = SMALL[name]()
    lives(synthesizer, stream)
    made = list(synthesizer.examples_one(x, y, copies, score))
    assert math.fsum(w for _, w in made) == copies
    assert all(w == 1.0 for _, w in made)  # a learner without weights can learn each
    assert all(math.isfinite(value) for example, _ in made for value in example.values() if is_number(value))
    assert not any(example is x for example, _ in made)


@pytest.mark.parametrize("name", [name for name in SMALL if name not in ("HardReplay", "BorderlineSMOTE")])
@FEW
@given(stream=STREAMS, x=EVENTS)
def test_an_example_has_the_fields_of_its_event_and_what_is_no_number_is_of_its_class(
    name: str, stream: list[Any], x: dict[Any, Any]
) -> None:
    synthesizer = SMALL[name]()
    lives(synthesizer, stream)
    for example, _ in synthesizer.examples_one(x, True, 3, score):
        assert list(example) == list(x)
        for field, value in x.items():
            if not is_number(value):
                own = [value, *(other[field] for other, y in stream if y and field in other)]
                assert example[field] in own


@pytest.mark.parametrize("name", SMALL)
def test_memory_is_flat(name: str) -> None:
    synthesizer = SMALL[name]()

    def stream(first: int) -> list[Any]:
        return [({"a": float(i % 17), "s": "uvw"[i % 3]}, i % 3 == 0) for i in range(first, first + 500)]

    lives(synthesizer, stream(0))
    warm = size_of(synthesizer)
    for first in range(500, 2_500, 500):
        lives(synthesizer, stream(first))
    assert size_of(synthesizer) <= 1.02 * warm


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("copies", [0, -1, 10**6 + 1, 2**70, 1.5, True, "2", math.nan])
def test_copies_that_no_sampler_asks_for_are_refused(name: str, copies: Any) -> None:
    with pytest.raises(ValueError, match=r"^copies=.*: expected a whole number from 1 to 1,000,000"):
        SMALL[name]().examples_one({"a": 1.0}, True, copies, score)


ANY: tuple[dict[str, Any], ...] = ({"draw": {}}, {"seed": -1}, {"more": 1})
DAMAGED: list[tuple[str, dict[str, Any]]] = [
    *[(name, change) for name in SMALL for change in ANY],
    *[(name, {"reservoir": 3}) for name in ("BorderlineSMOTE", "Remix", "SMOTE")],
    ("BorderlineSMOTE", {"border": [[True, {}]]}),
    ("BorderlineSMOTE", {"m": 0}),
    ("External", {"generator": None}),
    ("External", {"share": 0.0}),
    ("GaussianReplay", {"names": ["a", "b", "c", "d"]}),
    ("GaussianReplay", {"names": []}),
    ("GaussianReplay", {"classes": [[True, {"mean": b"", "mass": b"", "scatter": b""}]]}),
    (
        "GaussianReplay",
        {"classes": [[True, {"mean": bytes(24), "mass": bytes(72), "scatter": b"\xff" * 72}]]},
    ),
    ("GaussianReplay", {"classes": [[True, {"mean": bytes(24), "mass": bytes(72), "scatter": bytes(80)}]]}),
    ("HardReplay", {"labels": [2.5], "counts": [0]}),
    ("HardReplay", {"labels": [True], "counts": []}),
    ("HardReplay", {"labels": [True], "counts": [1], "kept": [], "losses": []}),
    ("HardReplay", {"labels": [True], "counts": [0], "kept": [], "losses": [1.0]}),
    ("HardReplay", {"labels": [True], "counts": [1], "kept": [b"\x91\x01"], "losses": [1.0]}),
    ("HardReplay", {"labels": [True], "counts": [1], "kept": [b"\x80"], "losses": [-1.0]}),
    ("HardReplay", {"labels": [True], "counts": [4], "kept": [b"\x80"] * 4, "losses": [1.0] * 4}),
    ("Remix", {"kept": [["other", UniformReservoir(size=6).__getstate__()]]}),
    ("Remix", {"kept": [[True, UniformReservoir(size=7).__getstate__()]]}),
    ("Remix", {"prior": {}}),
    ("Remix", {"kappa": 0.5}),
]


@pytest.mark.parametrize(("name", "change"), DAMAGED)
def test_a_damaged_state_is_refused_and_changes_nothing(name: str, change: dict[str, Any]) -> None:
    synthesizer = SMALL[name]()
    lives(synthesizer, [({"a": float(i), "b": i % 3}, i % 2 == 0) for i in range(30)])
    before = dumps(synthesizer)
    with pytest.raises(ValueError):
        synthesizer.__setstate__({**synthesizer.__getstate__(), **change})
    assert dumps(synthesizer) == before
