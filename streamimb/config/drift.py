"""Reads `[drift]` and `[drift.<name>]`: the drift detectors of the service, of which a default set is on."""

from collections.abc import Mapping
from typing import Any

from streamimb import catalogue
from streamimb.config.model import Factory, PartChoice, choice, factory
from streamimb.config.refusal import ConfigError, advice, refuse_value

# Scores of a model that learns move by themselves, so a change has to be large before it is an alarm.
DEFAULT = {
    "concept": PartChoice("drift.concept", "drift.ClassConditionalDrift", {"least_ratio": 2.0}),
    "scores": PartChoice("drift.scores", "drift.ScoreDrift", {"least_ratio": 1.5, "psi": 0.5}),
    "calibration": PartChoice("drift.calibration", "drift.CalibrationDrift"),
    "features": PartChoice("drift.features", "drift.FeatureDrift"),
    "label_delay": PartChoice("drift.label_delay", "drift.LabelDelayDrift"),
}
OF_ANY_CLASSES = ("features", "label_delay")  # the others watch P(True)


def drift(tables: Mapping[str, Any], *, by_name: bool) -> dict[str, PartChoice | Factory]:
    """Return the detectors by their names; `by_name`: whether classes have names.

    Raises
    ------
    ConfigError
        Where a type is missing, or a key, type or option is unknown.

    """
    table = dict(refuse_value(tables.get("drift", {}), "drift"))
    enabled = table.pop("enabled", True)
    if type(enabled) is not bool:
        raise ConfigError("[drift] enabled is no switch: give true or false")
    found: dict[str, PartChoice | Factory] = {
        name: default for name, default in DEFAULT.items() if not by_name or name in OF_ANY_CLASSES
    }
    for name, given in table.items():
        if not isinstance(given, dict):
            raise ConfigError(
                f"[drift] '{name}' is not a key: {advice(name, ('enabled',))}; a detector is a table [drift.<name>]"
            )
        detector = _detector(name, given)
        if detector is None:
            found.pop(name, None)
        else:
            found[name] = detector
    return found if enabled else {}


def _detector(name: str, given: Mapping[str, Any]) -> PartChoice | Factory | None:
    """The detector of one table; None where its type is "none"."""
    where = f"drift.{name}"
    if "factory" in given:
        return factory(given, where)
    if given.get("type") == "none":
        if len(given) > 1:
            raise ConfigError(f"[{where}] type is 'none', which has no options: leave them out")
        return None
    if "type" not in given and name not in DEFAULT:
        kinds = ", ".join(entry.kind for entry in catalogue.entries("drift"))
        raise ConfigError(
            f"[{where}] type is missing: there are {kinds}, and 'none'; one of your own is module:Class"
        )
    return choice(given, PartChoice(where, DEFAULT[name].type if name in DEFAULT else ""))
