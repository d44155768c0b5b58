"""Parts of somebody else that call the model in whose hand they are: `Back` decides what they call."""

from __future__ import annotations

from typing import Any

from river import base

from tests.fuzz.hostile import Back


class CallingSampler(base.Base):
    """A sampler."""

    depends_on_x, draws = True, True

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        """Return the same rate for each class."""
        Back.call()
        return dict.fromkeys(p, 0.5)

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        """Change what it was given."""
        Back.call()
        for given in (p, rates, prior):
            given.clear()


class CallingCalibrator(base.Base):
    """A calibrator."""

    def calibrate_one(self, p: float) -> float:
        """Return p."""
        Back.call()
        return p

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        """Learn nothing."""
        Back.call()


class CallingTransformer(base.Transformer):
    """A step of a pipeline."""

    def transform_one(self, x: Any) -> Any:
        """Return x."""
        Back.call()
        return dict(x)

    def learn_one(self, x: Any) -> None:
        """Learn nothing."""
        Back.call()
