"""Log loss, decayed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.metric_sums import LossSums
from streamimb._kernels.saved import alike, entries
from streamimb.metrics.observation import CheckedUpdate
from streamimb.parameters import Part, checked_half_life, refuse_other
from streamimb.protocols import Reading


class LogLoss(LossSums, CheckedUpdate, Part):
    r"""Decayed mean of $-\log p_y$ in nats, $p_y$ floored at $10^{-15}$.

    `merge(other)` is this stream followed by the other's, exact up to rounding.

    **Cost**: O(1) time and memory per event.

    Parameters
    ----------
    half_life
        Events after which one counts half; > 0.

    Raises
    ------
    ValueError
        `half_life` is not > 0; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.LogLoss()
    >>> metric.update(True, 0.9)
    >>> metric.update(False, {False: 0.8, True: 0.2})
    >>> round(metric.get(), 3)
    0.164
    """

    def __init__(self, half_life: float = 20_000) -> None:
        self.half_life = checked_half_life(half_life)
        LossSums.__init__(self, self.half_life)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 100}

    def get(self) -> float:
        """Return the decayed log loss; nan before the first update."""
        n, _, loss = self.sums()
        return loss / n if n > 0.0 else math.nan

    def merge(self, other: LogLoss) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "half_life")
        self.append(other)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading("log_loss", "Log loss of what was served, nats.", self.get())

    def __getstate__(self) -> dict[str, Any]:
        return {"half_life": self.half_life, "_sums": LossSums.__getstate__(self)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "half_life", "_sums")
        alike(saved["_sums"], LossSums.__getstate__(LogLoss(saved["half_life"])), "fade")
        LossSums.__setstate__(self, saved["_sums"])
        vars(self).update(half_life=saved["half_life"])
