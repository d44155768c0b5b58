"""Reads `[metric.<name>]`: a further metric, whose type is a name in the catalogue or module:Class."""

from collections.abc import Mapping
from typing import Any

from streamimb import catalogue
from streamimb.config.model import PartChoice, choice
from streamimb.config.refusal import ConfigError, refuse_value


def metrics(tables: Mapping[str, Any]) -> dict[str, PartChoice]:
    """Return the metrics by their names.

    Raises
    ------
    ConfigError
        Where a type is missing, or a type or option is unknown.

    """
    found = {}
    for name, table in refuse_value(tables.get("metric", {}), "metric").items():
        where = f"metric.{name}"
        if "type" not in refuse_value(table, where):
            kinds = ", ".join(entry.kind for entry in catalogue.entries("metric"))
            raise ConfigError(
                f"[{where}] type is missing: there are {kinds}; one of your own is module:Class"
            )
        found[name] = choice(table, PartChoice(where, ""))
    return found
