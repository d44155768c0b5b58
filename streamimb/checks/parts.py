"""The laws of every part: parameters kept, clones that forget, saves that resume, memory that ends.

A kind of part says how it is taught (`Teach`); the laws are the same. Must never know a test runner.
"""

from __future__ import annotations

import copy
import inspect
import math
import pickle
from collections.abc import Callable
from typing import Any

Law = Callable[[Any], None]
Teach = Callable[[Any, int, int], list[Any]]  # part, first event, events -> what it said meanwhile

BAD_WEIGHTS = (-1.0, -1e-300, math.nan, math.inf)


class LawBroken(AssertionError):
    """A part does not do what its protocol says."""


def require(holds: bool, message: str) -> None:
    """Raise LawBroken with the message where the law does not hold."""
    if not holds:
        raise LawBroken(message)


def image(part: Any) -> bytes:
    """Everything a part is, as bytes: equal bytes, equal part.

    By way of one load: which equal strings are one object is no part of a state, but of its pickle.
    """
    return pickle.dumps(revived(pickle.dumps(part, protocol=4)), protocol=4)


def revived(save: bytes) -> Any:
    """Return the part that was pickled."""
    return pickle.loads(save)  # noqa: S301 - bytes this process made


def parameters_are_kept(part: Any, teach: Teach) -> None:
    """Constructor arguments are stored unchanged under their own names, and learning leaves them alone."""
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


def clone_forgets(part: Any, teach: Teach) -> None:
    """A clone of a part that learned is a new part, and what it learns is its own."""
    pupil = part.clone()
    fresh = image(pupil)
    teach(pupil, 0, 300)
    learned = image(pupil)
    require(learned != fresh, "learning left no trace: the law cannot tell")
    clone = pupil.clone()
    require(image(clone) == fresh, "a clone remembers what the original learned")
    teach(clone, 300, 300)
    require(image(pupil) == learned, "what a clone learns reaches the original")


def saves_are_equal(part: Any, teach: Teach) -> None:
    """A save of a loaded save is the same bytes, and saving changes nothing."""
    pupil = part.clone()
    for first in (0, 150):
        save = image(pupil)
        require(image(pupil) == save, "two saves in a row differ")
        require(image(revived(save)) == save, "a loaded part saves to other bytes")
        require(image(copy.deepcopy(pupil)) == save, "a deep copy saves to other bytes")
        teach(pupil, first, 150)


def resume_is_uninterrupted(part: Any, teach: Teach) -> None:
    """Saved and loaded in mid-stream, or deep-copied, it says and becomes the same, bit for bit."""
    pupil = part.clone()
    teach(pupil, 0, 333)
    loaded = revived(image(pupil))
    copied = copy.deepcopy(pupil)
    said = teach(pupil, 333, 333)
    for name, other in (("loaded", loaded), ("deep-copied", copied)):
        require(teach(other, 333, 333) == said, f"{name} in mid-stream it says something else")
        require(image(other) == image(pupil), f"{name} in mid-stream it becomes something else")


def memory_ends(part: Any, teach: Teach) -> None:
    """Once warm, a part does not grow: ten times the events, at most a tenth more bytes."""
    pupil = part.clone()
    teach(pupil, 0, 600)
    warm = len(image(pupil))
    teach(pupil, 600, 6_000)
    require(len(image(pupil)) <= 1.1 * warm + 64, f"grew from {warm} to {len(image(pupil))} bytes")


def common(teach: Teach) -> tuple[Law, ...]:
    """Return the laws of every part, for a kind of part that is taught so."""

    def bound(law: Callable[[Any, Teach], None]) -> Law:
        def check(part: Any) -> None:
            law(part, teach)

        check.__name__, check.__doc__ = law.__name__, law.__doc__
        return check

    laws = (parameters_are_kept, clone_forgets, saves_are_equal, resume_is_uninterrupted, memory_ends)
    return tuple(bound(law) for law in laws)


def weights_are_kept_in(part: Any, learn: Callable[[Any, float], Any]) -> None:
    """A weight of 0 changes nothing, a bad one is refused and changes nothing, a huge one stays finite."""
    before = image(part)
    learn(part, 0.0)
    require(image(part) == before, "w=0 changed something")
    for w in BAD_WEIGHTS:
        try:
            learn(part, w)
        except ValueError:
            require(image(part) == before, f"w={w} was refused, but changed something")
        else:
            raise LawBroken(f"w={w} was accepted; raise ValueError")
    learn(part, 1e-300)
    for _ in range(3):
        learn(part, 1e308)
