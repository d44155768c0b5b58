"""Any River classifier, any sampling, true probabilities.

streamimb learns rare classes from streams of events. A policy says how much of an event the learner is given
(`sampling`); a correction removes exactly once what that does to the log-odds (`correction`); an online calibrator
repairs what is then still wrong (`calibration`). Every class is, or goes into, a River estimator.
"""

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

from streamimb._kernels import native as __native__
from streamimb._kernels import pure as _pure

if TYPE_CHECKING:
    from streamimb import (
        calibration,
        checks,
        correction,
        decision,
        drift,
        linear_model,
        losses,
        metrics,
        sampling,
        stats,
        synthesis,
        tree,
    )
    from streamimb.compose import (
        CalibratedClassifier,
        Field,
        GuardedClassifier,
        SampledClassifier,
        Schema,
        ThresholdedClassifier,
        WithFeatures,
    )

__version__ = "0.1.0"

__all__ = [
    "CalibratedClassifier",
    "Field",
    "GuardedClassifier",
    "SampledClassifier",
    "Schema",
    "ThresholdedClassifier",
    "WithFeatures",
    "__native__",
    "__version__",
    "calibration",
    "checks",
    "correction",
    "decision",
    "drift",
    "ensemble",
    "linear_model",
    "losses",
    "metrics",
    "sampling",
    "stats",
    "synthesis",
    "tree",
]

if not (__native__ or _pure):
    warnings.warn(
        "streamimb runs without its compiled kernels and is about 40 times slower: "
        "install a C compiler and reinstall, or set STREAMIMB_PURE=1 if this is wanted.",
        RuntimeWarning,
        stacklevel=2,
    )


# On first use: River takes longer to import than the command line has to answer --help.
def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'streamimb' has no attribute {name!r}")
    if name[0].isupper():
        return getattr(import_module("streamimb.compose"), name)
    return import_module(f"streamimb.{name}")


def __dir__() -> list[str]:
    return __all__
