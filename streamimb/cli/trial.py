"""Checks before the first record that the model can be saved and loaded again, and gives a probability.

The check uses a copy, loaded from the saved state, so the model itself does not change.
"""

import logging

from streamimb._kernels.answer import ClassesError
from streamimb.config import ConfigError
from streamimb.engine import Engine, SnapshotError, state_of
from streamimb.engine.serving import serving
from streamimb.engine.unsaveable import fault_of

_log = logging.getLogger("streamimb.cli")


def check(engine: Engine, *, allow_pickle: bool) -> None:
    """Refuses a model that could not be saved at the first checkpoint, or whose events would all be poison.

    Raises
    ------
    ConfigError
        The model fails; the message names the part and what to do.

    """
    try:
        snapshot = engine.snapshot()
    except SnapshotError as error:
        raise ConfigError(f"[model] {error}") from error
    try:
        state = state_of(snapshot, allow_pickle=allow_pickle)
        copy = state["model"]
    except SnapshotError as error:
        raise ConfigError(
            f"[model] the model can be saved, but not loaded again: {fault_of(engine.model.classifier)}"
        ) from error
    try:
        serving(copy, state["measures"]).serve({})  # as the engine does
    except NotImplementedError as error:
        raise ConfigError(
            "[model] the classifier gives no probabilities (its predict_proba_one is not implemented), as "
            "ensemble.VotingClassifier and multiclass.OneVsOneClassifier of River do not: use one that does"
        ) from error
    except ClassesError as error:
        raise ConfigError(f"[model] {error}") from error
    except Exception as error:  # noqa: BLE001  a model may need its fields
        _log.debug("the model raises %s for an event without fields", type(error).__name__)
