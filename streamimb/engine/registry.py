"""Which classes a snapshot may name: ours, by their public names, and those a user registers.

Loading looks up names here and nowhere else; it never imports what a snapshot says.
"""

from streamimb import calibration, compose, correction, linear_model, metrics, sampling, stats
from streamimb._kernels.draw import Draw
from streamimb.engine.degraded import DegradedReasons
from streamimb.engine.measures import Measures

_BY_NAME: dict[str, type] = {}
_BY_CLASS: dict[type, str] = {}


class NotRegistered(LookupError):
    """A class or a name that snapshots do not know."""


def register(cls: type, name: str) -> None:
    """Let snapshots hold objects of `cls` under `name`.

    Its state is what `__getstate__` gives: numbers, strings, bytes, tuples, lists, dicts, and objects of
    registered classes. It is rebuilt by `__new__` and `__setstate__` (or its `__dict__`), never by a call.

    Cost: O(1).

    Raises
    ------
    ValueError
        Another class has the name, or the class another name.
    """
    if _BY_NAME.get(name, cls) is not cls or _BY_CLASS.get(cls, name) != name:
        message = f"name={name!r}: already registered otherwise; choose another name for {cls.__qualname__}"
        raise ValueError(message)
    _BY_NAME[name] = cls
    _BY_CLASS[cls] = name


def class_of(name: str) -> type:
    """Return the class registered under `name`."""
    found = _BY_NAME.get(name)
    if found is None:
        message = (
            f"snapshot names {name!r}, which is not registered: register it, or use the version that wrote it"
        )
        raise NotRegistered(message)
    return found


def name_of(cls: type) -> str | None:
    """Return the name of a registered class, None of any other."""
    return _BY_CLASS.get(cls)


# A new class of ours is saved under its public name: rename a class, keep the name.
_OURS: dict[str, type] = {
    "calibration.Platt": calibration.Platt,
    "calibration.PlattMixture": calibration.PlattMixture,
    "compose.CalibratedClassifier": compose.CalibratedClassifier,
    "compose.GuardedClassifier": compose.GuardedClassifier,
    "compose.SampledClassifier": compose.SampledClassifier,
    "compose.Schema": compose.Schema,
    "correction.FrozenAnchor": correction.FrozenAnchor,
    "correction.Offset": correction.Offset,
    "correction.PriorRatio": correction.PriorRatio,
    "correction.SelfPilot": correction.SelfPilot,
    "correction.Weight": correction.Weight,
    "engine.DegradedReasons": DegradedReasons,
    "engine.Measures": Measures,
    "kernels.Draw": Draw,
    "linear_model.LogisticRegression": linear_model.LogisticRegression,
    "metrics.AveragePrecision": metrics.AveragePrecision,
    "metrics.CalibrationRatio": metrics.CalibrationRatio,
    "metrics.DelayQuantiles": metrics.DelayQuantiles,
    "metrics.LogLoss": metrics.LogLoss,
    "metrics.NormalizedEntropy": metrics.NormalizedEntropy,
    "metrics.Served": metrics.Served,
    "sampling.ClassWeights": sampling.ClassWeights,
    "sampling.ScoreUnderSampler": sampling.ScoreUnderSampler,
    "sampling.UnderSampler": sampling.UnderSampler,
    "stats.ClassPrior": stats.ClassPrior,
    "stats.DecayedCount": stats.DecayedCount,
    "stats.DecayedMean": stats.DecayedMean,
}
for _name, _cls in _OURS.items():
    register(_cls, _name)
