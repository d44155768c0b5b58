"""Boosted trees with an additive companion, sampled and calibrated, on real streams: labels at once, and late.

    python -m benchmarks.boosted_figures [--only gmsc bank_marketing] [--late] [--ring 50000] [--seeds 1] [--rows N]

Prints NE calibrated and not, the ratio of mean p to the base rate, processor time for each event with its label, and
the longest call. Rows before the start row are learned and not measured.
"""

from __future__ import annotations

import argparse
import heapq
import math
import sys
import time
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from benchmarks import streams
from benchmarks.scores import normalised_entropy
from streamimb import CalibratedClassifier, SampledClassifier
from streamimb.linear_model import LogisticGAM
from streamimb.sampling import ScoreUnderSampler
from streamimb.tree import RollingBoostingClassifier

DAY = 86_400.0
START = {  # the first row that is measured
    "handbook_apr_jul": 300_000,
    "gmsc": 10_000,
    "talkingdata_100k": 20_000,
    "bitcoin_otc": 5_000,
    "bank_marketing": 5_000,
    "hflights_2011": 17_000,
    "elec2": 5_000,
    "kdd99_10pct": 50_000,
}
DELAY = {  # of labels, in units of the column t; None: the set says when each label came
    "handbook_apr_jul": 7 * DAY,
    "hflights_2011": None,
    "bitcoin_otc": 7_000 * DAY,
    "elec2": DAY,
    "bank_marketing": 3 * DAY,
}
AT_ONCE_GOALS = {  # NE of the prototype, and of LightGBM refitted
    "handbook_apr_jul": (0.347, 0.375),
    "gmsc": (0.728, 0.725),
    "talkingdata_100k": (0.495, 0.501),
    "bitcoin_otc": (0.447, 0.490),
    "bank_marketing": (0.773, 0.875),
    "hflights_2011": (0.856, 0.979),
    "elec2": (0.340, 0.658),
    "kdd99_10pct": (0.042, 0.489),
}
LATE_GOALS = {
    "handbook_apr_jul": (0.371, 0.392),
    "hflights_2011": (0.955, 0.978),
    "bitcoin_otc": (0.493, 0.504),
    "elec2": (0.651, 0.681),
    "bank_marketing": (0.862, 0.878),
}
LATE_TOLERANCE = 0.008
BEHIND = 0.004  # most that a stream may be behind LightGBM
FREE = (-math.inf, math.inf)
RATIO = (0.97, 1.03)
# 178 positives: the ratio of a right model has a standard error of .075, about .017 or less on the other streams.
RATIO_OF_FEW = {"talkingdata_100k": (0.85, 1.15)}
LONGEST_CALL = 2.0  # ms of processor time
LATE_RATIO = {"bank_marketing": 1.2}  # 1.05 elsewhere
SEEDS = {"bank_marketing": 3, "bitcoin_otc": 3, "elec2": 3}  # 1 elsewhere, because the streams are long
LATE_SEEDS = SEEDS | {"bank_marketing": 12}  # of which runs lie between .85 and .91


def works(seeds: int) -> list[tuple[str, list[Any], list[Any], float]]:
    """Every run of these figures, in the form that `make truth` takes."""
    found: list[tuple[str, list[Any], list[Any], float]] = []
    for name, (prototype, batch) in AT_ONCE_GOALS.items():
        goals: list[Any] = [
            ("NE", "ne", f"{prototype:.3f}", -math.inf, prototype + max(0.003, 0.02 * prototype)),
            ("NE, not calibrated", "ne_uncalibrated", f"LightGBM {batch:.3f}", *FREE),
            ("mean p / base rate", "ratio", "", *RATIO_OF_FEW.get(name, RATIO)),
            ("us of an event with its label", "us", "", *FREE),
            ("longest call, ms", "pause_ms", "2", -math.inf, LONGEST_CALL),
        ]
        found.append(
            (f"boosted {name}", [(at_once, (name, seed)) for seed in range(SEEDS.get(name, 1))], goals, 20.0)
        )
    for name, (prototype, batch) in LATE_GOALS.items():
        goals = [
            ("NE", "ne", f"{prototype:.3f}", -math.inf, prototype + LATE_TOLERANCE),
            ("NE, not calibrated", "ne_uncalibrated", f"LightGBM {batch:.3f}", *FREE),
            ("mean p / base rate", "ratio", "", -math.inf, LATE_RATIO.get(name, 1.05)),
        ]
        found.append(
            (
                f"boosted late {name}",
                [(late, (name, seed)) for seed in range(LATE_SEEDS.get(name, 1))],
                goals,
                20.0,
            )
        )
    return found


def together(found: dict[tuple[str, str], float]) -> list[tuple[str, int, str, int, int]]:
    """The claims against LightGBM on all streams: title, good streams, reference, least, of."""
    claims = []
    for title, goals, least in (("boosted", AT_ONCE_GOALS, 7), ("boosted late", LATE_GOALS, 5)):
        behind = [
            found.get((f"{title} {name}", "NE"), math.nan) - batch for name, (_, batch) in goals.items()
        ]
        if not any(math.isnan(ne) for ne in behind):
            claims.append(
                (f"{title}, ahead of LightGBM", sum(ne < 0.0 for ne in behind), "", least, len(behind))
            )
            near = sum(ne <= BEHIND for ne in behind)
            claims.append((f"{title}, at most {BEHIND} behind it", near, "", len(behind), len(behind)))
    return claims


class Run(NamedTuple):
    """What was served, and what it cost."""

    y: array[int]
    corrected: array[float]
    calibrated: array[float]
    seconds: float  # of processor time
    pause: float  # the longest call, in seconds of processor time

    def measures(self, start: int) -> dict[str, float]:
        """The figures of the rows from `start` on."""
        rate = sum(self.y[start:]) / len(self.y[start:])
        return {
            "ne": normalised_entropy(self.y, self.calibrated, start),
            "ne_uncalibrated": normalised_entropy(self.y, self.corrected, start),
            "ratio": sum(self.calibrated[start:]) / len(self.y[start:]) / rate,
            "us": 1e6 * self.seconds / len(self.y),
            "pause_ms": 1e3 * self.pause,
        }


def model(seed: int, ring_size: int = 50_000) -> Any:
    """The trees with an additive companion, sampled by score and calibrated: the recipe "boosting"."""
    trees = RollingBoostingClassifier(LogisticGAM(), ring_size=ring_size, seed=seed)
    return CalibratedClassifier(SampledClassifier(trees, ScoreUnderSampler(keep_first=5_000), seed=seed))


def at_once(name: str, seed: int, ring_size: int = 50_000, rows: int | None = None) -> dict[str, float]:
    """Every event is scored and then learned."""
    classifier = model(seed, ring_size)
    run = Run(array("b"), array("d"), array("d"), 0.0, 0.0)
    seconds = pause = 0.0
    events = list(streams.real(name, rows))
    for x, y in events:
        begun = time.thread_time()
        scores = classifier.score_learn_one(x, y)
        took = time.thread_time() - begun
        seconds, pause = seconds + took, max(pause, took)
        run.y.append(y)
        run.corrected.append(scores.corrected)
        run.calibrated.append(scores.calibrated)
    return run._replace(seconds=seconds, pause=pause).measures(START[name])


def late(name: str, seed: int, ring_size: int = 50_000, rows: int | None = None) -> dict[str, float]:
    """Every event is scored, and learned with its memo when its label comes."""
    classifier = model(seed, ring_size)
    run = Run(array("b"), array("d"), array("d"), 0.0, 0.0)
    seconds = pause = 0.0
    waiting: list[tuple[float, int, Any, bool, tuple[float, ...]]] = []
    for i, ((x, y), (t, labelled)) in enumerate(zip(streams.real(name, rows), _times(name), strict=False)):
        while waiting and waiting[0][0] <= t:
            _, _, earlier, label, memo = heapq.heappop(waiting)
            begun = time.thread_time()
            classifier.learn_one(earlier, label, memo=memo)
            took = time.thread_time() - begun
            seconds, pause = seconds + took, max(pause, took)
        begun = time.thread_time()
        scores, memo = classifier.scores_one(x)
        seconds += time.thread_time() - begun
        heapq.heappush(waiting, (labelled, i, x, y, memo))
        run.y.append(y)
        run.corrected.append(scores.corrected)
        run.calibrated.append(scores.calibrated)
    return run._replace(seconds=seconds, pause=pause).measures(START[name])


def _times(name: str) -> Iterator[tuple[float, float]]:
    """When each event of a set came, and its label."""
    t, t_label = streams.real_times(name)
    delay = DELAY[name]
    return zip(t.tolist(), (t_label if delay is None else t + delay).tolist(), strict=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each stream and seed."""
    parser = argparse.ArgumentParser(prog="benchmarks.boosted_figures", description=__doc__)
    parser.add_argument("--only", nargs="*", help="names of streams")
    parser.add_argument("--late", action="store_true", help="labels come late")
    parser.add_argument("--ring", type=int, default=50_000)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rows", type=int, help="the first rows of each stream only")
    given = parser.parse_args(arguments)
    goals, measured = (LATE_GOALS, late) if given.late else (AT_ONCE_GOALS, at_once)
    for name in given.only or goals:
        for seed in range(given.seeds):
            found = measured(name, seed, given.ring, given.rows)
            figures = "  ".join(f"{key} {value:.4f}" for key, value in found.items())
            sys.stdout.write(f"{name} seed {seed}  prototype {goals[name][0]:.3f}  {figures}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
