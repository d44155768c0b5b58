"""The laws of every part: parameters kept, clones that have learned nothing, saves that resume, bounded memory.

Each kind of part has its own function `Teach`; the laws are the same.
"""

from __future__ import annotations

import copy
import inspect
import math
import pickle
from collections.abc import Callable
from typing import Any

from streamimb.checks.state_data import data_of, size_of

Law = Callable[[Any], None]
Teach = Callable[[Any, int, int], list[Any]]  # part, first event, number of events -> its answers

BAD_WEIGHTS = (-1.0, -1e-300, math.nan, math.inf)
WARM_N, LONG_N = 2_000, 12_000  # events between which memory is compared
BUDGET_BYTES = 4_096  # of a part that states no `memory_budget_bytes`


class LawBroken(AssertionError):
    """A part does not do what its protocol requires."""


def require(holds: bool, message: str) -> None:
    """Raise LawBroken with the message where the law does not hold."""
    if not holds:
        raise LawBroken(message)


def revived(part: Any) -> Any:
    """Return the part after a save and a load."""
    return pickle.loads(pickle.dumps(part))  # noqa: S301 - bytes this process made


def parameters_are_kept(part: Any, teach: Teach) -> None:
    """Constructor arguments are stored unchanged under their own names, and learning does not change them."""
    pupil = part.clone()
    names = [name for name in inspect.signature(type(part)).parameters if name not in {"args", "kwargs"}]
    plain = {
        name: getattr(part, name)
        for name in names
        if isinstance(getattr(part, name), (bool, int, float, str, tuple, type(None)))
    }
    for n in (0, 200):
        teach(pupil, 0, n)
        for name, given in plain.items():
            kept = getattr(pupil, name)
            require(type(kept) is type(given) and kept == given, f"{name}: {given!r} became {kept!r}")


def a_whole_number_works_as_its_float(part: Any, teach: Teach) -> None:
    """Where a parameter may be 5.0 it may be 5, and means the same."""
    for name in inspect.signature(type(part)).parameters:
        given = getattr(part, name, None)
        if type(given) is not int and type(given) is not float:
            continue
        own = (round(given),) if math.isfinite(given) else ()
        for n in dict.fromkeys((*own, 1, 2, 0)):
            try:
                answers = teach(part.clone({name: float(n)}), 0, 100)
            except Exception:  # noqa: BLE001, S112  out of range, or a count, which may be no float
                continue
            try:
                others = teach(part.clone({name: n}), 0, 100)
            except Exception as error:
                raise LawBroken(f"{name}={n} fails where {name}={float(n)} is taken: {error}") from error
            # By `repr` where an answer is nan, which no other equals.
            same = others == answers or repr(others) == repr(answers)
            require(same, f"{name}={n} and {name}={float(n)} give different answers")
            break


def clone_forgets(part: Any, teach: Teach) -> None:
    """A clone of a part that has learned is a new part, and learns independently."""
    pupil = part.clone()
    fresh = data_of(pupil)
    teach(pupil, 0, 300)
    learned = data_of(pupil)
    clone = pupil.clone()
    require(data_of(clone) == fresh, "a clone remembers what the original learned")
    teach(clone, 300, 300)
    require(data_of(pupil) == learned, "what a clone learns reaches the original")


def saves_are_equal(part: Any, teach: Teach) -> None:
    """A loaded or deep-copied part has the same data, and saving changes nothing."""
    pupil = part.clone()
    for first in (0, 150):
        save = data_of(pupil)
        require(data_of(revived(pupil)) == save, "a loaded part has another state than was saved")
        require(data_of(copy.deepcopy(pupil)) == save, "a deep copy has another state")
        require(data_of(pupil) == save, "saving changes the state")
        teach(pupil, first, 150)


def resume_is_uninterrupted(part: Any, teach: Teach) -> None:
    """Saved and loaded in mid-stream, or deep-copied, it gives the same answers and states, bit for bit."""
    pupil = part.clone()
    teach(pupil, 0, 333)
    loaded = revived(pupil)
    copied = copy.deepcopy(pupil)
    said = teach(pupil, 333, 333)
    for name, other in (("loaded", loaded), ("deep-copied", copied)):
        require(teach(other, 333, 333) == said, f"{name} in mid-stream it says something else")
        require(data_of(other) == data_of(pupil), f"{name} in mid-stream it becomes something else")


def memory_is_bounded(part: Any, teach: Teach) -> None:
    """Between event 2,000 and 12,000 a part grows by at most a tenth, and the budget it states.

    The budget is its attribute `memory_budget_bytes`, for a part that fills slowly (a reservoir of rare events);
    4,096 where it has none.
    """
    pupil = part.clone()
    teach(pupil, 0, WARM_N)
    warm = size_of(pupil)
    for first in range(WARM_N, LONG_N, WARM_N):
        teach(pupil, first, WARM_N)
    budget = getattr(part, "memory_budget_bytes", BUDGET_BYTES)
    require(
        size_of(pupil) <= 1.1 * warm + budget,
        f"grew from {warm} to {size_of(pupil)} bytes: bound what is kept, or state memory_budget_bytes",
    )


def common(teach: Teach) -> tuple[Law, ...]:
    """Return the laws of every part, for a kind of part with this `Teach`."""

    def bound(law: Callable[[Any, Teach], None]) -> Law:
        def check(part: Any) -> None:
            law(part, teach)

        check.__name__, check.__doc__ = law.__name__, law.__doc__
        return check

    laws = (
        parameters_are_kept,
        a_whole_number_works_as_its_float,
        clone_forgets,
        saves_are_equal,
        resume_is_uninterrupted,
        memory_is_bounded,
    )
    return tuple(bound(law) for law in laws)


def weights_are_safe(part: Any, learn: Callable[[Any, float], Any]) -> None:
    """A weight of 0 changes nothing, a bad one is refused and changes nothing; a tiny and a huge one are learned."""
    before = data_of(part)
    learn(part, 0.0)
    require(data_of(part) == before, "w=0 changed something")
    for w in BAD_WEIGHTS:
        try:
            learn(part, w)
        except ValueError:
            require(data_of(part) == before, f"w={w} was refused, but changed something")
        else:
            raise LawBroken(f"w={w} was accepted; raise ValueError")
    learn(part, 1e-300)
    for _ in range(3):
        learn(part, 1e308)


def memo_is_sound(part: Any, memo: Any) -> None:
    """Require a fresh memo: a flat tuple of as many floats as the part declares by `memo_size`."""
    require(
        isinstance(memo, tuple)
        and len(memo) == part.memo_size
        and all(isinstance(value, float) for value in memo),
        f"memo_one gave {memo!r}: expected a tuple of memo_size={part.memo_size} floats",
    )


def leaves_alone(part: Any, given: dict[Any, Any], learn: Callable[[Any], Any]) -> None:
    """A part neither changes its argument nor keeps it in its state."""
    before = data_of(given)
    learn(given)
    require(data_of(given) == before, "it changed what it was given")
    learned = data_of(part)
    given.clear()
    given["another"] = 1.0
    require(data_of(part) == learned, "it keeps the very dict it was given: keep a copy")
