"""Reads `[source.<name>]`, `[sink.<name>]` and `[exporter.<name>]`: the connector's name and its options."""

import difflib
from typing import Any, Literal

import msgspec

from streamimb.config.conversion import converted
from streamimb.config.refusal import ConfigError, refuse_other, refuse_value
from streamimb.serve.decode import FieldMapping

Role = Literal["events", "labels", "both"]


class Connector(msgspec.Struct, frozen=True):
    """The connector that a table names, and its options, which the connector checks."""

    name: str
    type: str
    options: dict[str, Any]
    replay: dict[str, Any] = {}

    def replayed(self) -> "Connector":
        """The connector for `replay`, under another name because its positions refer to other records.

        Where `replay` names a `type`, only its own options apply; else they override those of the table."""
        if not self.replay:
            return self
        options = {key: value for key, value in self.replay.items() if key != "type"}
        if "type" not in self.replay:
            options = {**self.options, **options}
        return Connector(f"{self.name}.replay", self.replay.get("type", self.type), options)

    def __repr__(self) -> str:
        return f"Connector({self.name!r}, type={self.type!r}, options={sorted(self.options)})"


class Input(msgspec.Struct, frozen=True):
    """`[source.<name>]`: one input, and how its records are read."""

    connector: Connector
    role: Role
    fields: FieldMapping


def connector(table: Any, where: str) -> Connector:
    """Return the connector that a table names; raise ConfigError where it names none."""
    options = dict(refuse_value(table, where))
    kind = options.pop("type", None)
    if not isinstance(kind, str):
        near = difflib.get_close_matches("type", list(options), n=1)
        advice = (
            f"did you mean it by '{near[0]}'?" if near else "name the connector, such as 'kafka' or 'files'"
        )
        raise ConfigError(f"[{where}] type is missing: {advice}")
    replay = options.pop("replay", {})
    if not isinstance(replay, dict) or not isinstance(replay.get("type", ""), str):
        raise ConfigError(f"[{where}] replay: give a table of options that hold in replay")
    return Connector(where.rpartition(".")[2], kind, options, replay)


def inputs(tables: Any) -> tuple[Input, ...]:
    """Return the inputs in the order of the file; raise ConfigError where there is none with events."""
    if not tables:
        raise ConfigError("[source.<name>] is missing: give at least one input, with type = and role =")
    found = []
    for name, table in tables.items():
        where = f"source.{name}"
        named = connector(table, where)
        options = named.options
        role = options.pop("role", "both")
        refuse_other(role if isinstance(role, str) else "", ("events", "labels", "both"), f"[{where}] role")
        fields = converted(options.pop("fields", {}), FieldMapping, f"{where}.fields")
        for key, value in options.items():
            near = difflib.get_close_matches(key, ["fields", "replay"], n=1)
            if near and isinstance(value, dict):
                raise ConfigError(f"[{where}] '{key}' is not a table: did you mean '{near[0]}'?")
        found.append(Input(named, msgspec.convert(role, Role), fields))
    if {source.role for source in found} == {"labels"}:
        raise ConfigError("[source] has labels only: give an input with role = 'events' or 'both'")
    return tuple(found)
