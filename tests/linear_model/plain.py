"""The equations of the linear learner in plain Python on dicts, against which the kernel is tested."""

from __future__ import annotations

import math
from typing import Any, TypeGuard

M64 = 2**64 - 1


def sigmoid(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z)) if z > -700 else 0.0


def fnv1a(text: str, seed: int = 0) -> int:
    """Over code points, begun from the seed, one multiply-shift at the end."""
    h = (0xCBF29CE484222325 ^ (seed * 0x9E3779B97F4A7C15)) & M64
    for c in text:
        h = ((h ^ ord(c)) * 0x100000001B3) & M64
    return ((h ^ (h >> 32)) * 0x9E3779B97F4A7C15) & M64


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value counts as a number: what is missing, too large or a word does not."""
    return value is not None and not isinstance(value, str) and abs(value) <= 1e15


def given(p: float, y: bool) -> float:
    """The probability that an answer gave to a label."""
    p = min(1 - 1e-9, max(1e-9, p))
    return p if y else 1 - p


class Plain:
    """Coordinates by name: numbers, ("gap", number), ("slot", hash), None for the intercept."""

    def __init__(self, rates=(0.05, 0.2, 0.8), bits: int = 18) -> None:
        self.rates, self.bits = rates, bits
        self.slow = [1.0 / len(rates)] * len(rates)
        self.fast = [1.0 / len(rates)] * len(rates)
        self.level = 0.5
        self.moments: dict[Any, list[float]] = {}
        self.w: dict[Any, list[float]] = {}
        self.G: dict[Any, float] = {}
        self.presence: dict[Any, float] = {}  # decayed number of learned events that had this number
        self.events = 0.0  # decayed number of learned events

    @property
    def shares(self) -> list[float]:
        return [self.level * v + (1 - self.level) * u for v, u in zip(self.slow, self.fast, strict=True)]

    def judge(self, said: list[float], y: bool) -> None:
        """Both levels of the mixture, by what each expert answered."""
        q = [given(p, y) for p in said]
        n = len(q)
        if n == 1:
            return
        slow = given(sum(v * p for v, p in zip(self.slow, said, strict=True)), y)
        fast = given(sum(u * p for u, p in zip(self.fast, said, strict=True)), y)
        ahead, behind = self.level * slow**0.25, (1 - self.level) * fast**0.25
        self.level = (1 - 1e-4) * ahead / (ahead + behind) + 0.5e-4
        for shares, power in ((self.slow, 1 / 16), (self.fast, 1.0)):
            moved = [v * p**power for v, p in zip(shares, q, strict=True)]
            shares[:] = [(1 - 1e-4) * v / sum(moved) + 1e-4 / n for v in moved]

    def expects(self, name: Any) -> bool:
        """Whether a number was present in at least half of the recent events: only then its absence counts."""
        return self.presence[name] >= 0.5 * self.events > 0.0

    def z(self, x: dict[Any, Any]) -> dict[Any, float]:
        z: dict[Any, float] = {None: 1.0}
        for name, value in x.items():
            if isinstance(value, str):
                seed = fnv1a(str(name))
                h = seed
                for c in value:
                    h = ((h ^ ord(c)) * 0x100000001B3) & M64
                h = ((h ^ (h >> 32)) * 0x9E3779B97F4A7C15) & M64
                z["slot", h >> (64 - self.bits)] = 1.0
        for name, (n, mean, variance, _) in self.moments.items():
            value = x.get(name)
            if not is_number(value):
                if self.expects(name):
                    z["gap", name] = 1.0
                continue
            # The first change of a constant is news: a unit of it is worth 10^6 standard deviations.
            s = (value - mean) * (1 / math.sqrt(variance) if variance > 0 else 1e6 if n > 1 else 0.0)
            z[name] = math.copysign(3 * (1 + math.log(abs(s) / 3)), s) if abs(s) > 3 else s
        return z

    def margins(self, z: dict[Any, float]) -> list[float]:
        return [sum(self.w[j][k] * v for j, v in z.items() if j in self.w) for k in range(len(self.rates))]

    def predict(self, x: dict[Any, Any], offset: float) -> float:
        g = self.margins(self.z(x))
        return sum(v * sigmoid(gk + offset) for v, gk in zip(self.shares, g, strict=True))

    def learn(self, x: dict[Any, Any], y: bool, offset: float, copies: float = 1.0) -> None:
        """An event that is read once: its step is taken with the numbers as they were standardised for its score."""
        z = self.observe(x, y, offset)
        self._step(z, y, offset, copies)

    def observe(self, x: dict[Any, Any], y: bool, offset: float) -> dict[Any, float]:
        """Learn what every event teaches; return the coordinates from before that."""
        for name, value in x.items():
            if is_number(value):
                self.moments.setdefault(name, [0.0, 0.0, 0.0, 0.0])
                self.presence.setdefault(name, 0.0)
        z = self.z(x)
        g = self.margins(z)
        self.judge([sigmoid(gk + offset) for gk in g], y)
        fade = 0.5 ** (1 / 1000)
        self.events = fade * self.events + 1.0
        for name in self.presence:
            self.presence[name] = fade * self.presence[name] + is_number(x.get(name))
        for name, moments in self.moments.items():
            value = x.get(name)
            if is_number(value):
                n_before, mean, variance, top = moments
                d = value - mean
                # the allowance counts events from 0: .75 less than the effective number
                most = (9 + max(0.0, n_before - 0.75)) * variance if variance > 0 else 1e60
                most = max(most, top)
                if d * d > most:
                    d = math.copysign(math.sqrt(most), d)
                count = n_before + (1 if n_before == 0 or n_before >= 10.75 else 0.25)
                after = mean + d / count
                variance += (d * (mean + d - after) - variance) / count
                moments[:] = count, after, variance, max(top, d * d) if n_before else 0.0
        return z

    def step(self, x: dict[Any, Any], y: bool, offset: float, w: float = 1.0) -> None:
        """A step of weight w on an event that is read for it, after it was observed."""
        self._step(self.z(x), y, offset, w)

    def _step(self, z: dict[Any, float], y: bool, offset: float, w: float) -> None:
        if w == 0:
            return
        errors = [y - sigmoid(gk + offset) for gk in self.margins(z)]
        square = sum(e * e for e in errors) / len(self.rates)
        for j, v in z.items():
            G = self.G[j] = self.G.get(j, 0.0) + w * v * v * square
            weights = self.w.setdefault(j, [0.0] * len(self.rates))
            for k, rate in enumerate(self.rates):
                weights[k] += rate * w * errors[k] / (0.1 + math.sqrt(G)) * v
