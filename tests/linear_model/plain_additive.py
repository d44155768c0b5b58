"""The equations of the additive learner in plain Python on dicts, against which the kernel is tested."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from streamimb._kernels.draw import Draw
from tests.linear_model.plain import Plain, is_number, sigmoid

HELD, EDGES, EACH, LEVELS = 4_000, 32, 16, 6


class PlainAdditive:
    """A `Plain` with linear experts, a second one with the basis of each number, and one mixture over both.

    The second one has the cells of pairs of fields too, where there are.
    """

    def __init__(self, rates=(0.05, 0.2, 0.8), pairs=(), groups: int = 2) -> None:
        self.pairs, self.groups = pairs, groups
        self.linear, self.additive = Plain(rates), Plain(rates)
        self.mixture = Plain((*rates, *rates))
        self.values: dict[Any, list[list[float]]] = {}
        self.seen: dict[Any, list[int]] = {}
        self.edges: dict[Any, list[float]] = {}
        self.draw = Draw(0x5EED)
        self.labelled, self.renewal, self.renewing = 0, 200, 0

    def basis(self, x: dict[Any, Any]) -> dict[Any, float]:
        """The coordinates of the basis that differ from 0."""
        found: dict[Any, float] = {}
        for name in self.values:
            if not is_number(x.get(name)):
                continue
            n, mean, variance, _ = self.linear.moments[name]
            z = (x[name] - mean) * (1 / math.sqrt(variance) if variance > 0 else 1e6 if n > 1 else 0.0)
            if abs(z) > 3:
                excess = abs(z) - 3
                excess = 3 * (1 + math.log(excess / 3)) if excess > 3 else excess
                found["excess", name] = math.copysign(excess, z)
            place = min(62.999, max(0.0, math.asinh(z) / 0.5 + 32))
            knot = int(place)
            found["hat", name, knot] = 1 - (place - knot)
            found["hat", name, knot + 1] = place - knot
            if self.edges.get(name):
                found["interval", name, sum(edge < x[name] for edge in self.edges[name])] = 1.0
        for pair in self.pairs:
            levels = [self.level(name, x.get(name)) for name in pair]
            if None not in levels:
                found["cell", pair, *levels] = 1.0
        return found

    def level(self, name: Any, value: Any) -> Any:
        """A string itself, one of 6 groups of the intervals of a number, None where the value is missing."""
        if isinstance(value, str) or not (is_number(value) and self.edges.get(name)):
            return value if isinstance(value, str) else None
        interval, edges = sum(edge < value for edge in self.edges[name]), len(self.edges[name])
        return interval if edges < LEVELS else interval * LEVELS // (edges + 1)

    def margins(self, x: dict[Any, Any]) -> tuple[dict[Any, float], dict[Any, float], list[float]]:
        z, more = self.linear.z(x), self.basis(x)
        return z, more, self.linear.margins(z) + self.additive.margins(z | more)

    def predict(self, x: dict[Any, Any], offset: float) -> float:
        g = self.margins(x)[2]
        return sum(v * sigmoid(gk + offset) for v, gk in zip(self.mixture.shares, g, strict=True))

    def learn(self, x: dict[Any, Any], y: bool, offset: float, copies: float) -> None:
        for name in x:
            if is_number(x[name]):
                self.linear.moments.setdefault(name, [0.0, 0.0, 0.0, 0.0])
                self.linear.presence.setdefault(name, 0.0)
        z, more, g = self.margins(x)
        self.mixture.judge([sigmoid(gk + offset) for gk in g], y)
        # The linear one learns moments and presence; its own mixture is not used.
        self.linear.observe(x, y, offset)
        self.note(x, y)
        self.step(self.linear, z, {}, y, offset, copies)
        self.step(self.additive, z, more, y, offset, copies)

    def note(self, x: dict[Any, Any], group: int) -> None:
        """Reservoirs of the groups of classes, and edges; one number is renewed at each event."""
        u = self.draw.uniform()
        self.labelled += 1
        if self.labelled == self.renewal:
            self.renewal, self.renewing = int(2.5 * self.renewal), 0
        if self.renewing < len(self.values):
            self.renew(list(self.values)[self.renewing])
            self.renewing += 1
        for name in x:
            if is_number(x[name]):
                held = self.values.setdefault(name, [[] for _ in range(self.groups)])[group]
                seen = self.seen.setdefault(name, [0] * self.groups)
                at = seen[group] if seen[group] < HELD // self.groups else int(u * (seen[group] + 1))
                seen[group] += 1
                if at == len(held):
                    held.append(x[name])
                elif at < HELD // self.groups:
                    held[at] = x[name]

    def renew(self, name: Any) -> None:
        """As many quantiles of each group that has more than 20 values: 16, or 32 of one alone."""
        many = [sorted(values) for values in self.values[name] if len(values) > 20]
        edges = []
        for values in many:
            n = max(EDGES // len(many), EACH)
            edges += [values[(b + 1) * len(values) // (n + 1)] for b in range(n)]
        self.edges[name] = sorted(set(edges)) or self.edges.get(name, [])

    @staticmethod
    def step(
        expert: Plain, z: dict[Any, float], more: dict[Any, float], y: bool, offset: float, w: float
    ) -> None:
        if w == 0.0:
            return
        every = z | more
        errors = [y - sigmoid(gk + offset) for gk in expert.margins(every)]
        square = sum(e * e for e in errors) / len(errors)
        part = cell_part(more)
        for j, v in every.items():
            G = expert.G[j] = expert.G.get(j, 0.0) + w * v * v * square
            weights = expert.w.setdefault(j, [0.0] * len(errors))
            for k, rate in enumerate(expert.rates):
                own = part if j in more and j[0] == "cell" else 1.0
                weights[k] += own * rate * w * errors[k] / ((1.0 if j in more else 0.1) + math.sqrt(G)) * v


def cell_part(coordinates: Iterable[Any]) -> float:
    """The part of a step that each cell among the coordinates of a basis takes."""
    cells = sum(1 for j in coordinates if j[0] == "cell")
    return max(0.3, min(1.0, 3 / max(1, cells)))
