"""CPU time of several sides on as many events, by rounds of alternating turns, and the median ratio of two sides.

In a round each side has TURNS turns, one side after the other, so that a change of the machine's speed meets all of
them. A turn decodes a block of events, then times it: the events are in the processor's cache, as they are where an
event is decoded and then served, and decoding is not timed.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

TURNS = 4  # of a side in a round
TURN = 500  # events in a turn, or one block where that is larger

Verdict = Literal["ok", "below goal", "MISS"]


class Side(NamedTuple):
    """One way to do the work: `prepare` makes what `run` needs for the block of that number."""

    prepare: Callable[[int], Any]
    run: Callable[[Any], None]
    block: int  # events in a block


class Gate(NamedTuple):
    """What a ratio has to reach: the speed of ours over the reference's, or the cost of ours over the reference's."""

    kind: Literal["speed", "cost"]
    goal: float
    limit: float  # where the measurement fails; the goal itself, or what noise leaves of it

    def ratio(self, ours: float, reference: float) -> float:
        return reference / ours if self.kind == "speed" else ours / reference

    def verdict(self, ratio: float) -> Verdict:
        sign = 1.0 if self.kind == "speed" else -1.0
        if sign * ratio >= sign * self.goal:
            return "ok"
        return "below goal" if sign * ratio >= sign * self.limit else "MISS"

    def __str__(self) -> str:
        text = f"{'>=' if self.kind == 'speed' else '<='} {self.goal:g} x"
        return text if self.limit == self.goal else f"{text}, gate {self.limit:g}"


def times_faster(goal: float, limit: float | None = None) -> Gate:
    return Gate("speed", goal, goal if limit is None else limit)


def times_the_cost(goal: float) -> Gate:
    return Gate("cost", goal, goal)


class Case(NamedTuple):
    """One line of the table."""

    title: str
    gate: Gate
    make: Callable[[], Side]


class Group(NamedTuple):
    """Cases that are measured in the same rounds, against one reference."""

    reference: str
    make: Callable[[], Side]
    cases: tuple[Case, ...]


class Line(NamedTuple):
    """What was measured of a case: medians in microseconds an event, and the median of the rounds' ratios."""

    work: str
    ours: float
    reference: float
    ratio: float
    goal: str
    verdict: Verdict
    against: str


def progress(text: str) -> None:
    print(f"\r{text:110}", end="", file=sys.stderr, flush=True)


def turn_ns(side: Side, first: int, blocks: int) -> int:
    """CPU nanoseconds of these blocks, without making them ready."""
    total = 0
    for block in range(first, first + blocks):
        ready = side.prepare(block)
        began = time.process_time_ns()
        side.run(ready)
        total += time.process_time_ns() - began
    return total


def round_us(sides: list[Side], number: int) -> list[float]:
    """CPU microseconds an event of each side in one round."""
    totals, events = [0] * len(sides), [0] * len(sides)
    gc.collect()
    for turn in range(number * TURNS, (number + 1) * TURNS):
        for place, side in enumerate(sides):
            blocks = max(1, TURN // side.block)
            totals[place] += turn_ns(side, turn * blocks, blocks)
            events[place] += blocks * side.block
    return [total / count / 1e3 for total, count in zip(totals, events, strict=True)]


def measure(group: Group, rounds: int) -> list[Line]:
    """All cases of a group; the first round is not counted."""
    progress(f"{group.cases[0].title}: warming up")
    sides = [group.make(), *(case.make() for case in group.cases)]
    kept = []
    for number in range(rounds + 1):
        progress(f"{group.cases[0].title}: round {number} of {rounds}")
        kept.append(round_us(sides, number))
    reference, *ours = zip(*kept[1:], strict=True)
    lines = []
    for case, times in zip(group.cases, ours, strict=True):
        ratio = statistics.median(case.gate.ratio(a, b) for a, b in zip(times, reference, strict=True))
        medians = statistics.median(times), statistics.median(reference)
        verdict = case.gate.verdict(ratio)
        lines.append(Line(case.title, *medians, ratio, str(case.gate), verdict, group.reference))
    return lines
