"""The whole configuration: a TOML file becomes frozen structs, or one error that says what to write instead.

An unknown key fails, and the message names the nearest right one. The loader replaces `${NAME}` by a variable of the
environment and never prints its value. The options of a source or sink are passed on unchanged; the connector checks
them.
"""

import os
import tomllib
from collections.abc import Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from streamimb.compose.schema import Field
from streamimb.config import tables
from streamimb.config.connector import Connector, Input, connector, inputs
from streamimb.config.conversion import converted
from streamimb.config.decision import decision
from streamimb.config.drift import drift
from streamimb.config.environment import filled
from streamimb.config.metrics import metrics
from streamimb.config.model import PARTS, Factory, Model, PartChoice, model
from streamimb.config.redaction import HIDDEN, hidden, plain_secrets
from streamimb.config.refusal import ConfigError, declare, refuse_unknown, refuse_value
from streamimb.config.schema import schema
from streamimb.engine.settings import Settings

TABLES = (
    "model", *PARTS, "guard", "schema", "labels", "engine", "decision", "explanation", "metric", "drift", "source",
    "sink", "exporter", "state", "run", "log",
)  # fmt: skip

for _name, _kinds in (
    ("guard", (tables.Guard,)),
    ("labels", (tables.BothLabels, tables.PositiveLabels)),
    ("engine", (Settings,)),
    ("explanation", (tables.Explanation,)),
    ("state", (tables.State,)),
    ("run", (tables.Run,)),
    ("log", (tables.Log,)),
):
    declare(_name, partial(chain.from_iterable, [kind.__struct_fields__ for kind in _kinds]))


class Config(msgspec.Struct, frozen=True):
    """A whole configuration; `repr` shows no option values, `described` shows all but secrets."""

    path: str
    folder: str  # of the file; every relative path in the configuration is relative to it
    model: Model | Factory
    guard: tables.Guard
    schema: dict[str, Field]
    roles: dict[str, str]  # of the columns that are no features
    labels: tables.BothLabels | tables.PositiveLabels
    engine: Settings
    sources: tuple[Input, ...]
    scores: Connector
    dead_letters: Connector
    alarms: Connector
    state: tables.State
    run: tables.Run
    metrics: dict[str, PartChoice]
    drift: dict[str, PartChoice | Factory]
    decision: PartChoice | None
    explanation: tables.Explanation | None
    exporters: tuple[Connector, ...]
    log: tables.Log
    secrets: tuple[str, ...] = ()
    written: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Config({self.path!r}, sources={[source.connector.name for source in self.sources]})"

    def described(self) -> dict[str, Any]:
        """The file as it was written, with `${NAME}` left in place and plain-text secrets hidden."""
        described: dict[str, Any] = hidden(self.written)
        return described

    def redact(self, text: str) -> str:
        """The text without any value that came from the environment or has the name of a secret."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text


def load(path: str | Path, environment: Mapping[str, str] | None = None) -> Config:
    """Reads a configuration file.

    Raises
    ------
    ConfigError
        Where the file is missing or no TOML, a key is unknown or missing, a type or value is wrong, or a `${NAME}` is
        not set.

    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")  # some editors write a byte order mark
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}: give the path of a TOML file with --config") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8: TOML files are") from error
    return loads(text, str(path), environment)


def loads(text: str, path: str = "<text>", environment: Mapping[str, str] | None = None) -> Config:
    """Reads the text of a configuration.

    Examples
    --------
    >>> config = loads('''
    ... [source.payments]
    ... type = "files"
    ... role = "both"
    ... path = "payments.jsonl"
    ... [sink.scores]
    ... type = "files"
    ... path = "scores.jsonl"
    ... [sink.dead_letters]
    ... type = "files"
    ... path = "dead_letters.jsonl"
    ... [state]
    ... path = "fraud.db"
    ... ''')
    >>> config.state.checkpoint_s
    10.0

    """
    try:
        written = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError also where a number has too many digits
        raise ConfigError(f"{path}: not TOML: {error}") from error
    secrets: list[str] = []
    read = filled(written, os.environ if environment is None else environment, "", secrets)
    secrets.extend(value for value in plain_secrets(written) if "${" not in value)
    if "metrics" in read:
        raise ConfigError("'metrics' is not a table: did you mean [exporter.<name>], or [metric.<name>]?")
    refuse_unknown(read, TABLES, "is not a table")
    for name, table in read.items():
        refuse_value(table, name)
    outputs = {name: connector(table, f"sink.{name}") for name, table in read.get("sink", {}).items()}
    refuse_unknown(outputs, ("scores", "dead_letters", "alarms"), "is not an output", "sink")
    for name in ("scores", "dead_letters"):
        if name not in outputs:
            raise ConfigError(f"[sink.{name}] is missing: say where they go, with type = and its options")
    if "state" not in read:
        raise ConfigError("[state] is missing: give path = of the state file")
    labels = tables.labels(read.get("labels", {}))
    fields, roles = schema(read)
    return Config(
        path=path,
        folder=str(Path(path).absolute().parent),
        model=model(read),
        guard=converted(read.get("guard", {}), tables.Guard, "guard"),
        schema=fields,
        roles=roles,
        labels=labels,
        engine=converted(read.get("engine", {}), Settings, "engine"),
        sources=inputs(read.get("source", {})),
        scores=outputs["scores"],
        dead_letters=outputs["dead_letters"],
        alarms=outputs.get("alarms", Connector("alarms", "none", {})),
        state=converted(read["state"], tables.State, "state"),
        run=converted(read.get("run", {}), tables.Run, "run"),
        metrics=metrics(read),
        drift=drift(read, by_name=isinstance(labels, tables.BothLabels) and bool(labels.classes)),
        decision=decision(read),
        explanation=(
            converted(read["explanation"], tables.Explanation, "explanation")
            if "explanation" in read
            else None
        ),
        exporters=tuple(_exporter(table, name) for name, table in read.get("exporter", {}).items()),
        log=converted(read.get("log", {}), tables.Log, "log"),
        secrets=tuple(sorted({secret for secret in secrets if len(secret) > 3}, key=len, reverse=True)),
        written=written,
    )


def _exporter(table: Any, name: str) -> Connector:
    found = connector(table, f"exporter.{name}")
    if found.replay:
        raise ConfigError(
            f"[exporter.{name}.replay] has no effect, because replay starts no exporter: leave it out"
        )
    return found
