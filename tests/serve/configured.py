"""The text of a service's configuration: sources, a sink of scores, no dead letters, a state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Table = Mapping[str, Any]


def configured(sources: Mapping[str, Table], scores: Table, **tables: Table) -> str:
    """Tables of these sources by name, of the sink of scores, and others; the state is kept in `state.db`."""
    state = {"path": "state.db", **tables.pop("state", {})}
    named = {f"source.{name}": source for name, source in sources.items()}
    sinks = {"sink.scores": scores, "sink.dead_letters": {"type": "none"}}
    return "".join(_text(name, table) for name, table in {**tables, **named, **sinks, "state": state}.items())


def _text(name: str, table: Table) -> str:
    # Strings, bools and finite numbers are written alike in JSON and TOML.
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
