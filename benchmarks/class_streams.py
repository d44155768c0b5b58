"""Streams of more than two classes: three with known P(k|x), and the attack classes of kdd99.

The six-class stream draws the numbers of the reference figures (numpy's `default_rng`, in a fixed order of calls).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from benchmarks.streams import Floats, Row, real_columns

SHARES = (0.6, 0.3, 0.08, 0.015, 0.004, 0.001)
CURVED_SHARES = (0.7, 0.2, 0.07, 0.02, 0.01)
EVENTS = 100_000
FEATURES = 12


class ClassStream(NamedTuple):
    """Features (n, d), labels, and the true probability of each class (n, K)."""

    x: Floats
    y: list[str]
    p: Floats

    def rows(self) -> Iterator[tuple[Row, str]]:
        names = [f"x{i}" for i in range(self.x.shape[1])]
        for values, y in zip(self.x.tolist(), self.y, strict=True):
            yield dict(zip(names, values, strict=True)), y


def softmax(z: Floats) -> Floats:
    masses = np.exp(z - z.max(1, keepdims=True))
    return np.asarray(masses / masses.sum(1, keepdims=True))


def tail6(seed: int) -> ClassStream:
    """Six classes of the shares `SHARES`."""
    rng = np.random.default_rng(seed)
    w = rng.normal(size=(FEATURES, len(SHARES))) * 0.55
    x = rng.normal(size=(EVENTS, FEATURES))
    share = np.array(SHARES)
    b = np.log(share)
    for _ in range(60):
        b += np.log(share / softmax(x[:20_000] @ w + b).mean(0))
    p = softmax(x @ w + b)
    codes = (p.cumsum(1) < rng.random(EVENTS)[:, None]).sum(1).clip(0, len(SHARES) - 1)
    return ClassStream(x, [f"class {k}" for k in codes.tolist()], p)


def curves5(seed: int) -> ClassStream:
    """Five classes of about the shares `CURVED_SHARES`, whose log-masses are sums of curves of six numbers."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(EVENTS, 6))
    x[:, 4] = np.exp(1.5 * x[:, 4])  # skewed, as amounts are
    x[:, 5] = rng.uniform(0.0, 24.0, EVENTS)
    found = (
        np.abs(x[:, 0]),
        np.sin(3.0 * x[:, 1]),
        x[:, 2],
        x[:, 3] > 1.0,
        np.log(x[:, 4]),
        np.abs(x[:, 5] - 12.0) < 3.0,
    )
    curves = np.column_stack([(curve - curve.mean()) / curve.std() for curve in found])
    p = softmax(curves @ (rng.normal(size=(6, 5)) * 0.7) + np.log(CURVED_SHARES))
    codes = (p.cumsum(1) < rng.random(EVENTS)[:, None]).sum(1).clip(0, 4)
    return ClassStream(x, [f"class {k}" for k in codes.tolist()], p)


def bands10(seed: int) -> ClassStream:
    """Ten classes: "class 0" everywhere, and nine of which each is 2 of 5 events in its own band of a number."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.0, 18.0, (EVENTS, 1))
    band = x[:, 0].astype(int)
    p = np.zeros((EVENTS, 10))
    p[np.arange(EVENTS), 1 + band // 2] = np.where(band % 2 == 0, 0.4, 0.0)
    p[:, 0] = 1.0 - p.sum(1)
    codes = (p.cumsum(1) < rng.random(EVENTS)[:, None]).sum(1).clip(0, 9)
    return ClassStream(x, [f"class {k}" for k in codes.tolist()], p)


def attacks() -> Iterator[tuple[Row, Any]]:
    """kdd99 with the class of each attack: dos, normal, probe, r2l, u2r."""
    for row, label in real_columns("kdd99_10pct", "attack_class"):
        yield row, str(label)
