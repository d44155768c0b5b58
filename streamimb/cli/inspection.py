"""`inspect`: shows the content of a state file, also while another process uses it.

It shows counts, positions, the model's parameters and figures, and of pending events only the number. It never loads a
pickle: of a foreign model it shows the name.
"""

import os
import sys
from collections import Counter
from contextlib import chdir
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.pretty import pretty_repr
from rich.table import Table

from streamimb.cli import figures
from streamimb.cli.as_text import as_text
from streamimb.cli.model import register_own
from streamimb.config import ConfigError, load
from streamimb.engine import PickleRefusedError, SnapshotError, state_of
from streamimb.engine.parameters import parameters
from streamimb.engine.saved_readings import saved_readings
from streamimb.serve import read_state

KINDS = {"p": "pending events", "h": "held labels", "f": "finished events"}


def show(config: Path | None, state: Path | None, *, as_json: bool) -> int:
    """Prints the state; the exit code."""
    told: dict[str, Any] = {}
    if config is not None:
        told["configuration"] = (read := load(config)).described()
        register_own(read)
    if state is not None:
        told["state"] = look(state)
    elif config is not None:
        with chdir(read.folder):
            told["state"] = look(Path(read.state.path))
    else:
        raise ConfigError("inspect: give --config or --state")
    if as_json:
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    else:
        _print(told)
    return 0


def look(path: Path) -> dict[str, Any]:
    """Return the content of the state at a path, as plain data."""
    saved = read_state(path)
    told: dict[str, Any] = {"path": str(path), "bytes": os.stat(path).st_size}
    if saved is None:
        return {**told, "empty": True}
    snapshot, positions, rows, _ = saved
    kinds = Counter(KINDS.get(key[:1], "other") for key in rows)
    told |= {"positions": positions, "rows": dict(kinds), "snapshot_bytes": len(snapshot)}
    try:
        saved_engine = state_of(snapshot)
    except PickleRefusedError as error:
        return {**told, "model": str(error)}
    except SnapshotError as error:
        raise ConfigError(f"[state] {path}: {error}") from error
    counts, unread = saved_engine["counts"], dict[str, str]()
    try:
        metrics = figures.by_name(saved_readings(saved_engine, unread))
    except SnapshotError as error:
        raise ConfigError(f"[state] {path}: {error}") from error
    return told | {
        "degraded": saved_engine["degraded"].reasons,
        "engine_time": figures.plain(saved_engine["t"]),
        "label_regime": saved_engine["labels"],
        "classes": list(saved_engine["measures"].classes),
        "model_version": counts["learned"],
        "recipe": saved_engine["built"].get("recipe", ""),
        "model": parameters(saved_engine["model"]),
        "inferred_schema": figures.inferred(saved_engine["model"]),
        "guard": saved_engine["model"].counts,
        "counters": counts,
        "alarms": figures.plain(saved_engine["watched"]["alarms"]),
        "metrics": metrics,
        "unread": unread,
    }


def saved_model(path: Path) -> Any:
    """Return the guarded classifier of the state at a path.

    Raises
    ------
    ConfigError
        The state is empty, damaged, or of a model that only a pickle holds.
    """
    saved = read_state(path)
    if saved is None:
        raise ConfigError(f"[state] {path}: is empty: run or replay first")
    try:
        return state_of(saved[0])["model"]
    except (PickleRefusedError, SnapshotError) as error:
        raise ConfigError(f"[state] {path}: {error}") from error


def _print(told: dict[str, Any]) -> None:
    console = Console()
    for title, part in told.items():
        table = Table(title=title, show_header=False, title_justify="left")
        table.add_column(style="dim")
        table.add_column()
        for name, value in part.items():
            shown = value if isinstance(value, str) else pretty_repr(value)
            table.add_row(as_text(name), as_text(shown))
        console.print(table)
