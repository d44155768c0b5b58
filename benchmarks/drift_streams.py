"""Streams of labels and calibrated scores with one change half way: what the drift detectors are measured on.

A score is sigmoid(b + z), z ~ N(0, 1.6²), with b such that the mean score is the base rate; a label is drawn from its
score. After the change the scorer stays as it was, so that only labels and scores move:

- `quiet`: nothing changes;
- `prior`: positives become three times as common, with scores as before;
- `hard`: the scores of positives come from negatives;
- `like`: 3 % of the negatives have scores of positives;
- `tenfold`: positives become ten times as common.

Quiet streams of a season, which no detector is to alarm on again and again: `label_delays` and `seasonal_fields` depend
on the hour, and `daily_rate` is calibrated scores whose base rate does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.streams import SIGNAL, Floats, intercept, sigmoid

KINDS = ("quiet", "prior", "hard", "like", "tenfold")
TIMES = {"prior": 3.0, "tenfold": 10.0}  # the odds of a positive, after the change
LIKE = 0.03  # of the negatives


class Labelled(NamedTuple):
    """Labels, and the scores that were served."""

    y: NDArray[np.bool_]
    p: Floats


def change(kind: str, seed: int, n: int = 40_000, rate: float = 0.01) -> Labelled:
    """A stream of n events whose change is in the middle."""
    rng = np.random.default_rng((KINDS.index(kind), seed))
    b = intercept(rate, rng)
    half = n // 2
    p = sigmoid(b + rng.normal(0, SIGNAL, n))
    y = rng.random(n) < p
    pool = sigmoid(b + rng.normal(0, SIGNAL, int(20 * n * max(0.01, 0.01 / rate * 0.01)) + 20_000))
    positive = pool[rng.random(len(pool)) < pool]  # scores of positives
    if kind in TIMES:
        y[half:] = rng.random(n - half) < rate * TIMES[kind]
        p[half:][y[half:]] = rng.choice(positive, y[half:].sum())
        p[half:][~y[half:]] = rng.choice(p[:half][~y[:half]], (~y[half:]).sum())
    if kind == "hard":
        p[half:][y[half:]] = rng.choice(p[:half][~y[:half]], y[half:].sum())
    if kind == "like":
        moved = ~y & (rng.random(n) < LIKE)
        moved[:half] = False
        p[moved] = rng.choice(positive, moved.sum())
    return Labelled(y, p)


DAY = 86_400.0
LABELS = ("nightly", "hourly", "at night", "office hours", "weekdays")


def label_delays(
    kind: str, seed: int, days: int, a_day: int, later: float = 1.0, at: float = 0.0
) -> list[tuple[float, float]]:
    """(delay, time of the event) of each label in the order of arrival; delays depend on the hour, and on nothing else.

    Labels come in a batch at each midnight or each hour, in one at about two at night (standard deviation half an
    hour), or exponentially after an hour of work: from 8 to 18 h, on all days or from Monday to Friday. From day `at`
    on this hour and the lateness of a batch are `later` times as long.
    """
    rng = np.random.default_rng((LABELS.index(kind), seed))
    t = np.arange(days * a_day) * (DAY / a_day)
    factor = np.where(t >= at * DAY, later, 1.0)
    if kind in ("nightly", "hourly"):
        unit, late = (DAY, 600.0) if kind == "nightly" else (3_600.0, 60.0)
        delay = unit - t % unit + factor * rng.exponential(late, len(t))
    elif kind == "at night":
        batches = (np.arange(days + 2) + 2.0 / 24.0) * DAY + rng.normal(0.0, 1_800.0, days + 2)
        delay = batches[np.searchsorted(batches, t)] - t + (factor - 1.0) * 3_600.0
    else:
        work = factor * rng.exponential(3_600.0, len(t))
        done = t + work
        hour, day = done % DAY / 3_600.0, done // DAY
        day = np.where(hour >= 18.0, day + 1, day)
        if kind == "weekdays":
            day = np.where(day % 7 >= 5, day + 7 - day % 7, day)
        closed = (day != done // DAY) | (hour < 8.0)
        delay = np.where(closed, day * DAY + 8 * 3_600.0 + rng.uniform(0.0, 600.0, len(t)), done) - t
    order = np.argsort(t + delay, kind="stable")
    return list(zip(delay[order].tolist(), t[order].tolist(), strict=True))


def daily_rate(seed: int, n: int, a_day: int, swing: float, base: float = -5.2) -> Labelled:
    """Calibrated scores whose log-odds swing by this much up and down each day, and labels drawn from them."""
    rng = np.random.default_rng(seed)
    z = rng.normal(base, 1.2, n) + swing * np.sin(2.0 * np.pi * np.arange(n) / a_day)
    p = sigmoid(z)
    return Labelled(rng.random(n) < p, p)


SEASONAL = ("hour", "whole hour", "amount", "channel", "till")


def seasonal_fields(seed: int, n: int, a_day: int) -> Iterator[dict[str, object]]:
    """Events whose fields depend on the hour, and on nothing else; `still` does not.

    From midnight to 6 h amounts are e^.5 higher, half of the events come by another channel, and there is no till.
    """
    rng = random.Random(seed)
    for i in range(n):
        hour = 24.0 * (i % a_day) / a_day
        night = hour < 6.0
        x: dict[str, object] = {
            "hour": hour,
            "whole hour": int(hour),
            "amount": rng.lognormvariate(3.5 if night else 3.0, 0.8),
            "channel": "bot" if night and rng.random() < 0.5 else rng.choice(("web", "shop")),
            "still": rng.gauss(0.0, 1.0),
        }
        if not night:
            x["till"] = float(rng.randrange(1, 20))
        yield x
