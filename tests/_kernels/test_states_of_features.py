"""What a learner keeps of its fields is restored only from entries of the right kind; an error names the entry."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from streamimb import linear_model, tree
from streamimb._kernels.feature_norm import FeatureNorm
from streamimb._kernels.feature_reader import Reader
from streamimb._kernels.presence import Presence

WRONG: tuple[Any, ...] = (None, "x", b"abc", 3, 0.5, [], {}, [None], (1, "x", 2), True)
FIELDS = ("presence", "moments", "categories", "reader", "table")


def learned(model: Any) -> Any:
    for i in range(60):
        model.learn_one({"a": float(i % 7), "s": "uvw"[i % 3]}, i % 5 == 0)
    return model


MODELS: dict[str, Callable[[], Any]] = {
    "linear": linear_model.LogisticRegression,
    "additive": lambda: linear_model.LogisticGAM(interactions="pairs"),
    "softmax": lambda: linear_model.SoftmaxGAM(interactions="pairs"),
    "boosted": lambda: tree.RollingBoostingClassifier(ring_size=300),
    "Hoeffding": tree.HoeffdingTreeClassifier,
}


def valid(name: str, wrong: Any, value: Any) -> bool:
    """Whether this is of a right kind: a whole number for a float, no table where no string was learned."""
    return (
        type(wrong) is type(value)
        or {type(wrong), type(value)} == {int, float}
        or (name, wrong) == ("table", None)
    )


def altered(state: Any, inside: bool = False) -> Iterator[tuple[str, Any]]:
    """The state with one entry of `FIELDS`, or inside of it, of a wrong kind or missing; and the name of the entry."""
    for name, value in state.items() if type(state) is dict else ():
        if inside or name in FIELDS:
            for wrong in WRONG:
                if not valid(name, wrong, value):
                    yield name, {**state, name: wrong}
            yield name, {key: one for key, one in state.items() if key != name}
        for found, other in altered(value, inside or name in FIELDS):
            yield found, {**state, name: other}


@pytest.mark.parametrize("name", MODELS)
def test_entries_of_a_wrong_kind_are_refused_by_name(name: str) -> None:
    model: Any = learned(MODELS[name]())
    tried = 0
    for entry, state in altered(model.__getstate__()):
        kind: Any = type(model)
        again = kind.__new__(kind)
        with pytest.raises(ValueError, match="state"):
            again.__setstate__(state)
            pytest.fail(f"{entry}: accepted")
        tried += 1
    assert tried > 50


@pytest.mark.parametrize("part", [Presence, Reader, FeatureNorm])
def test_parts_refuse_them_by_themselves(part: Any) -> None:
    state = part().__getstate__()
    for name, value in state.items():
        for wrong in WRONG:
            if type(wrong) is not type(value):
                with pytest.raises(ValueError, match="state"):
                    part().__setstate__({**state, name: wrong})
        with pytest.raises(ValueError, match=name):
            part().__setstate__({key: one for key, one in state.items() if key != name})
