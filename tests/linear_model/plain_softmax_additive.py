"""The equations of the additive learner of many classes in plain Python, against which the kernel is tested."""

from __future__ import annotations

import math
from typing import Any

from tests.linear_model.plain import Plain, is_number
from tests.linear_model.plain_additive import PlainAdditive, cell_part

GROUPS = 8
KINDS = ("linear", "additive")


class PlainSoftmaxAdditive:
    """Weights by kind, rate, class and coordinate; numbers, basis and edges are those of a `PlainAdditive`."""

    def __init__(self, rates: tuple[float, ...], pairs=()) -> None:
        self.rates = rates
        self.one = PlainAdditive(rates, pairs, groups=GROUPS)
        self.mixture = Plain((*rates, *rates))
        self.w: dict[Any, float] = {}
        self.G: dict[Any, float] = {}
        self.group: dict[Any, int] = {}
        self.labels = [0] * GROUPS
        self.due = [21] * GROUPS

    def coordinates(self, x: dict[Any, Any]) -> dict[str, dict[Any, float]]:
        z = self.one.linear.z(x)
        return {"linear": z, "additive": z | self.one.basis(x)}

    def experts(self, at: dict[str, dict[Any, float]], offsets: dict[Any, float]) -> list[dict[Any, float]]:
        said = []
        for kind in KINDS:
            for r in range(len(self.rates)):
                masses = {
                    k: math.exp(o + sum(self.w.get((kind, r, k, j), 0.0) * v for j, v in at[kind].items()))
                    for k, o in offsets.items()
                }
                said.append({k: mass / sum(masses.values()) for k, mass in masses.items()})
        return said

    def predict(self, x: dict[Any, Any], offsets: dict[Any, float]) -> dict[Any, float]:
        said = self.experts(self.coordinates(x), offsets)
        return {k: sum(v * p[k] for v, p in zip(self.mixture.shares, said, strict=True)) for k in offsets}

    def note(self, x: dict[Any, Any], group: int) -> None:
        """Edges are renewed for a group with 21 labels, or four times as many as at the last renewal, too."""
        renewal = self.one.renewal
        self.one.note(x, group)
        free = self.one.labelled >= 200 and self.one.renewing >= len(self.one.values)
        early = self.labels[group] >= self.due[group] and free
        if early:
            self.one.renewing = 0
        if early or self.one.renewal != renewal:
            self.due = [4 * n if n > 20 else 21 for n in self.labels]

    def learn(self, x: dict[Any, Any], y: Any, offsets: dict[Any, float], w: float) -> None:
        """`observe_one` and `step_one` of one event of weight w up to 1; `observe_one` has weight 1."""
        for name in x:
            if is_number(x[name]):
                self.one.linear.moments.setdefault(name, [0.0, 0.0, 0.0, 0.0])
                self.one.linear.presence.setdefault(name, 0.0)
        said = self.experts(self.coordinates(x), offsets)
        self.mixture.judge([p[y] for p in said], True)
        self.one.linear.observe(x, False, 0.0)
        for k in offsets:
            if k not in self.group:
                rarest = min(range(GROUPS), key=lambda g: self.labels[g])
                self.group[k] = len(self.group) if len(self.group) < GROUPS else rarest
        self.labels[self.group[y]] += 1
        self.note(x, self.group[y])
        at = self.coordinates(x)  # `step_one` reads the event again
        said = self.experts(at, offsets)
        n = len(self.rates)
        for kind, own in (("linear", said[:n]), ("additive", said[n:])):
            for k in offsets:
                errors = [(k == y) - p[k] for p in own]
                basis = [j for j in at[kind] if j not in at["linear"]]
                for j, v in at[kind].items():
                    square = sum(e * e for e in errors) / n
                    G = self.G[kind, k, j] = self.G.get((kind, k, j), 0.0) + w * v * v * square
                    floor = 0.1 if j in at["linear"] else 1.0
                    for r, rate in enumerate(self.rates):
                        part = 0.5 * cell_part(basis) if floor == 1.0 and j[0] == "cell" else 1.0
                        step = part * rate * w * errors[r] * v / (floor + math.sqrt(G))
                        self.w[kind, r, k, j] = self.w.get((kind, r, k, j), 0.0) + step
