"""Reads `[schema.<field>]`: the features of an event, and columns that have a role instead."""

from collections.abc import Mapping
from typing import Any

from streamimb.compose.schema import Field
from streamimb.config.conversion import converted
from streamimb.config.refusal import ConfigError, refuse_other, refuse_value
from streamimb.engine.roles import ROLES

FEATURE = "feature"


def schema(tables: Mapping[str, Any]) -> tuple[dict[str, Field], dict[str, str]]:
    """Return the features by name, and the role of each other column.

    Raises
    ------
    ConfigError
        Where a key, a value or a role is unknown, or a column with a role has keys of a feature.

    """
    fields: dict[str, Field] = {}
    roles: dict[str, str] = {}
    for name, given in refuse_value(tables.get("schema", {}), "schema").items():
        where = f"schema.{name}"
        table = dict(refuse_value(given, where))
        role = table.pop("role", FEATURE)
        refuse_other(role if isinstance(role, str) else repr(role), (FEATURE, *ROLES), f"[{where}] role")
        if role == FEATURE:
            fields[name] = converted(table, Field, where)
            continue
        for key in table:
            raise ConfigError(
                f"[{where}] '{key}' is for features, and role = '{role}' makes this field none: leave one of them out"
            )
        roles[name] = role
    return fields, roles
