"""The configuration: a TOML file becomes frozen structs, or one error that says what to write instead.

An unknown key fails and names the nearest right one; `${NAME}` is taken from the environment and is never
printed again. Must not know any connector: the options of a source or sink are handed on as they are, and
are checked by the connector itself.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast

import msgspec

from streamimb.compose.schema import Field
from streamimb.engine.settings import Settings
from streamimb.serve.decode import FieldMapping

Positive = Annotated[float, msgspec.Meta(gt=0)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
Role = Literal["events", "labels", "both"]

_ENVIRONMENT = re.compile(r"\$\{([^}]*)\}")
_SECRET_NAME = re.compile(r"password|passwd|secret|token|credential|(^|_)key($|_)", re.IGNORECASE)
_EXPECTED = re.compile(r"Expected `(\w+)(?: \| null)?`( [<>]=? \S+?)?(?:, got .*)?")
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_WORDS = {"int": "a whole number", "float": "a number", "str": "text in quotes", "bool": "true or false"}
_EXAMPLES = {"window_s": "604_800, 7 days", "path": '"a_file"', "factory": '"module:function"'}
HIDDEN = "***"
TABLES = ("model", "guard", "schema", "labels", "engine", "source", "sink", "state", "run", "metrics", "log")


class ConfigError(ValueError):
    """The configuration is wrong; the message names the place, the value and what to write instead."""


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[model]`: the built-in recipe and its parameters."""

    recipe: Literal["default"] = "default"
    share: float | None = None  # of rare events among what is learned; .2 where keep_rate is not given
    keep_rate: float | None = None
    mix: float = 0.5
    prior: float = 0.05  # P(True) before labels of both classes came
    learning_rates: tuple[float, ...] = (0.05, 0.2, 0.8)
    hash_bits: int = 18
    hash_seed: int = 0
    seed: int = 0


class Factory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[model]` with `factory`: a classifier of the user's own, from `module:function`."""

    factory: str
    arguments: dict[str, Any] = {}
    allow_pickle: bool = False


class Guard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[guard]`: the limits of what is learned."""

    warm_up: AtLeastOne = 1000  # events from which the schema is learned where none is given
    max_features: AtLeastOne = 10_000
    max_text: AtLeastOne = 10_000


class BothLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[labels]` with `regime = "both"`: every event gets its label."""

    regime: Literal["both"] = "both"
    ttl_s: Positive | None = None  # after which an event without one is given up; None keeps it


class PositiveLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[labels]` with `regime = "positives"`: only the rare class is ever reported."""

    window_s: Positive
    regime: Literal["positives"] = "positives"


class Connector(msgspec.Struct, frozen=True):
    """Which connector a table names, and the options that belong to it, of which nothing is known here."""

    name: str
    type: str
    options: dict[str, Any]
    replay: dict[str, Any] = {}

    def replayed(self) -> "Connector":
        """As it is in `replay`, under another name because its positions mean other records.

        With another `type` it has its own options, otherwise some of them changed."""
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


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[state]`: where the state is kept, and how often it is committed."""

    path: str
    checkpoint_s: Positive = 10.0
    checkpoint_events: AtLeastOne = 50_000


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[run]`: how long `run` waits for its inputs."""

    merge_wait_s: NotNegative = 30.0  # for one that is behind its end and brings nothing
    poll_s: Positive = 0.1  # longest pause where nothing comes


class Log(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[log]`: what goes to stderr, as JSON lines."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    same_per_minute: AtLeastOne = 20  # of one message; the rest is counted


class Config(msgspec.Struct, frozen=True):
    """A whole configuration; `repr` shows no option values, `described` shows all but secrets."""

    path: str
    folder: str  # of the file; every relative path in the configuration is relative to it
    model: Model | Factory
    guard: Guard
    schema: dict[str, Field]
    labels: BothLabels | PositiveLabels
    engine: Settings
    sources: tuple[Input, ...]
    scores: Connector
    dead_letters: Connector
    state: State
    run: Run
    metrics: Connector | None
    log: Log
    secrets: tuple[str, ...] = ()
    written: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Config({self.path!r}, sources={[source.connector.name for source in self.sources]})"

    def described(self) -> dict[str, Any]:
        """The file as it was written, with `${NAME}` left in place and plain-text secrets hidden."""
        described: dict[str, Any] = _hidden(self.written)
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
        Not there, not TOML, an unknown or missing key, a wrong type or value, an unset `${NAME}`.

    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")  # an editor may have put a mark first
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
    except (ValueError, RecursionError) as error:  # also of numbers and depths that Python refuses
        raise ConfigError(f"{path}: not TOML: {error}") from error
    secrets: list[str] = []
    filled = _filled(written, os.environ if environment is None else environment, "", secrets)
    secrets.extend(value for value in _plain_secrets(written) if "${" not in value)
    _known(filled, TABLES, "is not a table")
    for name, table in filled.items():
        if not isinstance(table, dict):
            raise ConfigError(f"{name}: is a value, but [{name}] is a table")
    model = filled.get("model", {})
    outputs = {name: _connector(table, f"sink.{name}") for name, table in filled.get("sink", {}).items()}
    _known(outputs, ("scores", "dead_letters"), "is not an output", "sink")
    for name in ("scores", "dead_letters"):
        if name not in outputs:
            raise ConfigError(f"[sink.{name}] is missing: say where they go, with type = and its options")
    if "state" not in filled:
        raise ConfigError("[state] is missing: give path = of the state file")
    return Config(
        path=path,
        folder=str(Path(path).absolute().parent),
        model=_table(model, Factory, "model") if "factory" in model else _table(model, Model, "model"),
        guard=_table(filled.get("guard", {}), Guard, "guard"),
        schema={
            name: _table(field, Field, f"schema.{name}") for name, field in filled.get("schema", {}).items()
        },
        labels=_labels(filled.get("labels", {})),
        engine=_table(filled.get("engine", {}), Settings, "engine"),
        sources=_inputs(filled.get("source", {})),
        scores=outputs["scores"],
        dead_letters=outputs["dead_letters"],
        state=_table(filled["state"], State, "state"),
        run=_table(filled.get("run", {}), Run, "run"),
        metrics=_connector({"type": "prometheus", **filled["metrics"]}, "metrics")
        if "metrics" in filled
        else None,
        log=_table(filled.get("log", {}), Log, "log"),
        secrets=tuple(sorted({secret for secret in secrets if len(secret) > 3}, key=len, reverse=True)),
        written=written,
    )


_T = TypeVar("_T")


def _table(table: Any, kind: type[_T], where: str) -> _T:
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: is a value, but [{where}] is a table")
    fields = msgspec.structs.fields(cast(type[msgspec.Struct], kind))
    _known(table, tuple(field.encode_name for field in fields), "is not a key", where)
    for field in fields:
        if field.required and field.encode_name not in table:
            raise _missing(field.encode_name, where)
        choices = getattr(field.type, "__args__", ())
        value = table.get(field.encode_name)
        if isinstance(value, str) and choices and all(isinstance(choice, str) for choice in choices):
            _choice(value, choices, f"[{where}] {field.encode_name}")
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise fault(where, error, table) from error


def fault(where: str, error: msgspec.ValidationError, table: Mapping[str, Any]) -> ConfigError:
    """What is wrong in a table, in words: the key, its value unless it may be a secret, and what to give."""
    message, _, place = str(error).partition(" - at ")
    key = place.strip("`").removeprefix("$").removeprefix(".")
    if (missing := _MISSING.fullmatch(message)) and not key:
        return _missing(missing[1], where)
    if (expected := _EXPECTED.fullmatch(message)) and expected[1] in _WORDS:
        message = f"give {_WORDS[expected[1]]}{expected[2] or ''}"
    value = table.get(key)
    shown = f" is {value!r}" if isinstance(value, int | float | str) and not _SECRET_NAME.search(key) else ""
    return ConfigError(f"[{where}] {f'{key}{shown}: ' if key else ''}{message}")


def _missing(key: str, where: str) -> ConfigError:
    example = f", such as {key} = {_EXAMPLES[key]}" if key in _EXAMPLES else ""
    return ConfigError(f"[{where}] {key} is missing: give it{example}")


def _known(table: Mapping[str, Any], known: tuple[str, ...], what: str, where: str = "") -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            advice = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"
            raise ConfigError(f"{f'[{where}] ' if where else ''}'{key}' {what}: {advice}")


def _choice(value: str, choices: tuple[str, ...], where: str) -> None:
    if value not in choices:
        near = difflib.get_close_matches(value, choices, n=1, cutoff=0.5)
        meant = f"did you mean '{near[0]}'? " if near else ""
        raise ConfigError(f"{where} is '{value}': {meant}there are {', '.join(choices)}")


def _labels(table: Any) -> BothLabels | PositiveLabels:
    regime = table.get("regime", "both")
    if isinstance(regime, str):
        _choice(regime, ("both", "positives"), "[labels] regime")
    if regime == "positives":
        return _table(table, PositiveLabels, "labels")
    if "window_s" in table:
        raise ConfigError("[labels] window_s belongs to regime = 'positives': set the regime, or give ttl_s")
    return _table(table, BothLabels, "labels")


def _inputs(tables: Any) -> tuple[Input, ...]:
    if not tables:
        raise ConfigError("[source.<name>] is missing: give at least one input, with type = and role =")
    inputs = []
    for name, table in tables.items():
        where = f"source.{name}"
        connector = _connector(table, where)
        options = connector.options
        role = options.pop("role", "both")
        _choice(role if isinstance(role, str) else "", ("events", "labels", "both"), f"[{where}] role")
        fields = _table(options.pop("fields", {}), FieldMapping, f"{where}.fields")
        for key, value in options.items():
            near = difflib.get_close_matches(key, ["fields", "replay"], n=1)
            if near and isinstance(value, dict):
                raise ConfigError(f"[{where}] '{key}' is not a table: did you mean '{near[0]}'?")
        inputs.append(Input(connector, msgspec.convert(role, Role), fields))
    roles = {source.role for source in inputs}
    if roles == {"labels"}:
        raise ConfigError("[source] has labels only: give an input with role = 'events' or 'both'")
    return tuple(inputs)


def _connector(table: Any, where: str) -> Connector:
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: is a value, but [{where}] is a table")
    options = dict(table)
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


def _filled(value: Any, environment: Mapping[str, str], where: str, secrets: list[str]) -> Any:
    """The value with every `${NAME}` replaced; what was put in is added to `secrets`."""
    if isinstance(value, dict):
        return {
            key: _filled(item, environment, f"{where}.{key}" if where else key, secrets)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_filled(item, environment, where, secrets) for item in value]
    if type(value) is int and not -(1 << 63) <= value < 1 << 63:
        raise ConfigError(f"{where}: is a number of more than 64 bits: give a smaller one")
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in environment:
            near = difflib.get_close_matches(name, list(environment), n=1)
            advice = f"did you mean ${{{near[0]}}}?" if near else "set it before the start"
            raise ConfigError(f"{where}: the environment has no ${{{name}}}: {advice}")
        secrets.append(environment[name])
        return environment[name]

    return _ENVIRONMENT.sub(replace, value)


def _plain_secrets(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _plain_secrets(value)
        elif isinstance(value, str) and _SECRET_NAME.search(key):
            yield value


def _hidden(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _hidden(item, name) for name, item in value.items()}
    if isinstance(value, str) and _SECRET_NAME.search(key) and not _ENVIRONMENT.fullmatch(value):
        return HIDDEN
    return value
