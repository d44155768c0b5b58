"""The laws of `merge`, for whatever has it: merging is one stream after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamimb.checks.parts import Law, Teach, require
from streamimb.checks.state_data import data_of

Same = Callable[[Any, Any, str], None]


def merging(teach: Teach, same: Same) -> tuple[Law, ...]:
    """Return the laws for a kind of part with this `Teach`; `same` raises its message where two parts differ."""

    def merge_is_the_concatenation(part: Any) -> None:
        """At every cut, merging the second part into the first is having seen both; the second is left alone."""
        whole, longer = part.clone(), part.clone()
        teach(whole, 0, 200)
        teach(longer, 0, 250)
        for cut in range(0, 201, 8):
            head, tail = part.clone(), part.clone()
            teach(head, 0, cut)
            teach(tail, cut, 200 - cut)
            before = data_of(tail)
            head.merge(tail)
            same(head, whole, f"cut at {cut}, the merge is not the whole")
            require(data_of(tail) == before, "merge changed what was merged in")
            teach(head, 200, 50)
            same(head, longer, f"cut at {cut}, what follows a merge is not what follows the whole")

    def empty_is_neutral(part: Any) -> None:
        """Merging with an empty one, in either order, changes nothing."""
        pupil, empty = part.clone(), part.clone()
        teach(pupil, 0, 100)
        before = repr(pupil.get())  # as text, so that nan equals nan
        pupil.merge(part.clone())
        require(repr(pupil.get()) == before, "merging an empty one changed it")
        empty.merge(pupil)
        same(empty, pupil, "an empty one does not become what is merged into it")

    return merge_is_the_concatenation, empty_is_neutral
