"""Compares the demo's scores with the truth, phase by phase.

It is a sink that has the truth of the stream: which payments were fraud, and with what probability.
"""

import math
import time
from collections.abc import Callable
from typing import Any

import msgspec

from streamimb.cli.demo_stream import PHASES, DemoStream
from streamimb.events import Score
from streamimb.metrics import Interval
from streamimb.metrics.normalized_entropy import entropy
from streamimb.metrics.ratio_interval import ratio_interval

STAGES = ("raw", "corrected", "calibrated")


class PhaseTally:
    """Sums over the payments of one phase.

    Cost: eight additions and two logarithms per payment.
    """

    __slots__ = (
        "first_s",
        "fraud",
        "last_s",
        "loss",
        "n",
        "oracle_loss",
        "predicted",
        "share_learned",
        "true",
    )

    def __init__(self) -> None:
        self.n = self.fraud = 0
        self.true = self.loss = self.oracle_loss = 0.0
        self.predicted = [0.0, 0.0, 0.0]
        self.share_learned = 1.0
        self.first_s = self.last_s = 0.0

    def add(self, score: Score, fraud: bool, true_p: float) -> None:
        """Add one scored payment."""
        self.n += 1
        self.fraud += fraud
        self.true += true_p
        predicted = self.predicted
        predicted[0] += score.raw
        predicted[1] += score.corrected
        predicted[2] += score.calibrated
        self.loss -= math.log(score.p if fraud else 1.0 - score.p)
        self.oracle_loss -= math.log(true_p if fraud else 1.0 - true_p)
        self.share_learned = score.kept_share

    def ratios(self) -> dict[str, Interval]:
        """Predicted over observed of each stage, with 95 % intervals."""
        n, y = float(self.n), float(self.fraud)
        return {
            stage: ratio_interval(predicted, n, n, y, y)
            for stage, predicted in zip(STAGES, self.predicted, strict=True)
        }

    def normalized_entropies(self) -> tuple[float, float]:
        """Log loss over that of the phase's own rate: of what was served, and of the truth itself."""
        bound = self.n * entropy(self.fraud / self.n)
        return (self.loss / bound, self.oracle_loss / bound) if bound > 0.0 else (math.nan, math.nan)

    def events_s(self) -> float:
        """Payments scored per second of wall-clock time."""
        passed = self.last_s - self.first_s
        return self.n / passed if passed > 0.0 else 0.0

    def summary(self) -> dict[str, Any]:
        """All numbers except the speed: the same seed gives the same numbers."""
        served, oracle = self.normalized_entropies()
        return {
            "payments": self.n,
            "fraud": self.fraud,
            "fraud_rate": self.fraud / self.n,
            "true_rate": self.true / self.n,
            "ratio": {stage: ratio._asdict() for stage, ratio in self.ratios().items()},
            "ratio_to_truth": {
                stage: predicted / self.true for stage, predicted in zip(STAGES, self.predicted, strict=True)
            },
            "normalized_entropy": served,
            "oracle_normalized_entropy": oracle,
            "share_learned": self.share_learned,
        }


class TallySink:
    """The sink of the demo's scores.

    Cost: one decode of the score, and the sums.
    """

    def __init__(self, stream: DemoStream, clock: Callable[[], float] = time.perf_counter) -> None:
        self.phases = [PhaseTally() for _ in PHASES]
        self.phase = 0
        self._stream = stream
        self._clock = clock
        self._decode = msgspec.json.Decoder(Score).decode

    def send(self, key: bytes, value: bytes) -> None:
        """Takes one score, as the bytes that a sink would write."""
        score = self._decode(value)
        index = int(score.id[3:])
        self.phase = self._stream.phase(index)
        tally = self.phases[self.phase]
        if tally.n == 0:
            tally.first_s = self._clock()
        tally.add(score, bool(self._stream.fraud[index]), self._stream.true_p[index])

    def flush(self) -> None:
        """Notes the time."""
        self.phases[self.phase].last_s = self._clock()

    def close(self) -> None:
        """Nothing to close."""
