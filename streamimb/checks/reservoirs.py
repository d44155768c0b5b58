"""The laws of a reservoir: bounded in number and in bytes, holding copies of events it was given, pure to read."""

from __future__ import annotations

import random
from typing import Any

from streamimb.checks.parts import Law, common, leaves_alone, require
from streamimb.checks.state_data import data_of, size_of

SMALL = {"size": 8, "event_bytes": 100}


def event(i: int) -> dict[Any, Any]:
    """Event i of the test stream: its number, a string, and a gap in one of three."""
    rng = random.Random(i)
    x: dict[Any, Any] = {"i": i, "a": rng.gauss(0.0, 1.0), "s": rng.choice("uvw")}
    if i % 3 == 0:
        x["gap"] = None
    return x


def teach(reservoir: Any, first: int, n: int) -> list[Any]:
    """Update it with n events from the first on; return what it holds after each hundredth, as data."""
    said = []
    for i in range(first, first + n):
        reservoir.update(event(i))
        if i % 100 == 0:
            said.append(data_of(reservoir.get()))
    return said


def what_is_held_was_given(reservoir: Any) -> None:
    """Each event held is one of those given, as it was, and at most `size` of them are held."""
    pupil = reservoir.clone()
    given: dict[int, Any] = {}
    for i in range(3 * pupil.size):
        given[i] = event(i)
        pupil.update(event(i))
        held = pupil.get() if i % 50 == 0 else []
        require(len(held) <= pupil.size, f"it holds {len(held)} events, of a size of {pupil.size}")
        numbers = [x["i"] for x in held]
        require(len(set(numbers)) == len(numbers), "it holds an event twice")
        require(all(x == given[x["i"]] for x in held), "it holds what it was not given")


def bytes_are_bounded(reservoir: Any) -> None:
    """An event longer than `event_bytes` is not held, and the others are sampled as before."""
    pupil = reservoir.clone(SMALL)
    for i in range(400):
        pupil.update({**event(i), "long": "x" * (1_000 if i % 2 else 1)})
    require(all(x["i"] % 2 == 0 for x in pupil.get()), "it holds an event longer than event_bytes")
    require(len(pupil.get()) > 0, "it holds none of the events within event_bytes")
    require(
        size_of(pupil) <= pupil.memory_budget_bytes + 4_096,
        f"it holds {size_of(pupil)} bytes, of a budget of {pupil.memory_budget_bytes}",
    )


def get_is_pure(reservoir: Any) -> None:
    """Reading changes nothing, works before the first event, and hands out copies."""
    pupil = reservoir.clone()
    for n in (0, 100):
        teach(pupil, 0, n)
        before = data_of(pupil)
        held = pupil.get()
        require(data_of(pupil.get()) == data_of(held), "two equal calls returned different results")
        for x in held:
            x.clear()
        require(data_of(pupil) == before, "get changed the reservoir, or hands out what it holds")


def x_is_neither_changed_nor_aliased(reservoir: Any) -> None:
    """A copy is kept, never x itself; and a value that may change, such as a list, is not kept."""
    for n in (0, 5, 100):
        pupil = reservoir.clone()
        teach(pupil, 0, n)
        leaves_alone(pupil, event(n), pupil.update)
        inner = [1.0]
        pupil.update({"i": n, "list": inner})
        before = data_of(pupil)
        inner.append(2.0)
        require(data_of(pupil) == before, "it keeps a list that the caller can change")


def seeds_differ(reservoir: Any) -> None:
    """The same seed holds the same events, another seed others."""

    def held(seed: int) -> Any:
        pupil = reservoir.clone({**SMALL, "seed": seed})
        teach(pupil, 0, 500)
        return data_of(pupil.get())

    require(held(1) == held(1), "one seed gives two samples")
    require(held(1) != held(2), "two seeds give the same sample")


def merge_samples_both(reservoir: Any) -> None:
    """Where there is `merge`: what both held while neither is full, else events of both; the other is left alone."""
    if not callable(getattr(reservoir, "merge", None)):
        return
    for size in (8, 300):
        head, tail = (reservoir.clone({**SMALL, "size": size, "seed": seed}) for seed in (1, 2))
        teach(head, 0, 100)
        teach(tail, 100, 100)
        given, before = [*head.get(), *tail.get()], data_of(tail)
        head.merge(tail)
        held = head.get()
        require(data_of(tail) == before, "merge changed what was merged in")
        require(len(held) == min(size, 200), f"merged, it holds {len(held)} events, of a size of {size}")
        require(all(x in given for x in held), "merged, it holds what neither held")
        teach(head, 200, 50)
        require(len(head.get()) == min(size, 250), "after a merge it does not go on")
        empty = reservoir.clone({**SMALL, "size": size, "seed": 3})
        held = _in_order(head)
        head.merge(empty)
        require(_in_order(head) == held, "merging an empty one changed it")
        empty.merge(head)
        require(len(empty.get()) == len(held), "an empty one does not become what is merged into it")


def _in_order(reservoir: Any) -> list[Any]:
    return sorted(reservoir.get(), key=lambda x: int(x["i"]))


RESERVOIR_LAWS: tuple[Law, ...] = (
    *common(teach),
    what_is_held_was_given,
    bytes_are_bounded,
    get_is_pure,
    x_is_neither_changed_nor_aliased,
    seeds_differ,
    merge_samples_both,
)
