"""Reads `[decision]`: the rule that says which events are acted on."""

from collections.abc import Mapping
from typing import Any

from streamimb import catalogue
from streamimb.config.model import PartChoice, choice
from streamimb.config.refusal import ConfigError, refuse_value


def decision(tables: Mapping[str, Any]) -> PartChoice | None:
    """Return the rule; None where there is no table.

    Raises
    ------
    ConfigError
        Where the type is missing, a type or option is unknown, or an explanation is asked for without a rule.

    """
    if "decision" not in tables:
        if "explanation" in tables:
            raise ConfigError(
                "[explanation] explains actions, and there is no [decision]: give a rule, or leave it out"
            )
        return None
    table = refuse_value(tables["decision"], "decision")
    if "type" not in table:
        kinds = ", ".join(entry.kind for entry in catalogue.entries("decision"))
        raise ConfigError(f"[decision] type is missing: there are {kinds}; one of your own is module:Class")
    return choice(table, PartChoice("decision", ""))
