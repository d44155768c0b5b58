"""From a configuration to the parts of a service: connectors by entry point, engine, decoders, a saved state.

This is the only place that looks connectors up, by the name in the configuration. It starts nothing.
"""

import difflib
import logging
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import entry_points
from itertools import chain
from typing import Any

import msgspec
from river import base

from streamimb._kernels.record_parser import spelt
from streamimb.cli.figures import TAKEN
from streamimb.cli.model import called, guarded, part
from streamimb.config import BothLabels, Config, ConfigError, Connector, Factory, fault
from streamimb.connections import Exporter, Sink, Source
from streamimb.drift.protocol import DriftDetector
from streamimb.engine import (
    BothReported,
    Deciding,
    Engine,
    PickleRefusedError,
    PositivesReported,
    SnapshotError,
    UnknownPartError,
    built_of,
)
from streamimb.engine.afresh import named_parts_of, started_afresh
from streamimb.engine.changes import ChangeRefused, changed
from streamimb.engine.parameters import differences
from streamimb.engine.roles import PROPENSITY
from streamimb.exportable import refuse_repeated
from streamimb.serve import DECODERS, Decoder, Degraded, NullSink, Status

_log = logging.getLogger("streamimb.cli")


def sources(config: Config, *, replay: bool) -> list[Source]:
    """The inputs in the order of the file, which also decides the order of records of equal time."""
    _refuse_shared([_chosen(source.connector, replay) for source in config.sources])
    made: list[Source] = []
    for source in config.sources:
        connector, fields = _chosen(source.connector, replay), source.fields
        # for a source whose records are ordered by the time in a field
        times: dict[str, Any] = {
            "earliest_s": fields.earliest_s,
            "latest_s": fields.latest_s,
            "skew_s": config.engine.skew_s,
        }
        if fields.time is not None:
            times.update(time=fields.time, time_unit=fields.time_unit)
        made.append(_made("sources", connector, connector.name, times))
    return made


def decoders(config: Config, *, replay: bool) -> dict[str, Decoder]:
    """The decoder of each input, by its name."""
    classes = classes_of(config)
    propensity = next((name for name, role in config.roles.items() if role == PROPENSITY), None)
    try:
        return {
            _chosen(source.connector, replay).name: DECODERS[source.role](source.fields, classes, propensity)
            for source in config.sources
        }
    except ValueError as error:
        raise ConfigError(f"[source] fields: {error}") from error


def classes_of(config: Config) -> tuple[str, ...]:
    """The names of the classes; () where labels are True and False."""
    labels = config.labels
    return tuple(map(spelt, labels.classes)) if isinstance(labels, BothLabels) else ()


def sinks(config: Config, *, replay: bool) -> tuple[Sink, Sink, Sink]:
    """Where scores, dead letters and alarms go; `type = "none"` is nowhere."""
    scores, dead_letters, alarms = (
        sink(_chosen(output, replay)) for output in (config.scores, config.dead_letters, config.alarms)
    )
    return scores, dead_letters, alarms


def diagnosis(connector: Connector) -> list[tuple[str, bool, str]]:
    """The connector's own findings: what was checked, whether it is in order, and details."""
    if not any(entry.name == connector.type for entry in entry_points(group="streamimb.diagnoses")):
        return []
    found: list[tuple[str, bool, str]] = _made("diagnoses", connector, connector.name)
    return found


def exporter(
    connector: Connector,
    engine: Engine,
    status: Status,
    degraded: Degraded,
    figures: Callable[[], Mapping[str, Any]],
) -> Exporter:
    """One exporter; `figures` returns what it may show beside the readings, for JSON."""
    made: Exporter = _made("exporters", connector, engine, status, degraded, figures)
    return made


def engine(config: Config, *, replay: bool) -> Engine:
    """A fresh engine; in replay, events of any age are learned."""
    labels = config.labels
    try:
        regime = (
            BothReported(labels.ttl_s)
            if isinstance(labels, BothLabels)
            else PositivesReported(labels.window_s)
        )
    except ValueError as error:
        raise ConfigError(f"[labels] {error}") from error
    settings = msgspec.structs.replace(config.engine, learn_stale=True) if replay else config.engine
    metrics = {name: part(choice, config.folder) for name, choice in config.metrics.items()}
    model = guarded(config)
    try:
        made = Engine(
            model,
            regime,
            settings,
            metrics=metrics,
            detectors=detectors(config),
            classes=classes_of(config),
            deciding=deciding(config),
            roles=config.roles,
            allow_pickle=pickles(config),
        )
        refuse_repeated(chain(made.readings(), Status().readings(), Degraded([]).readings()), *TAKEN)
    except ConfigError:
        raise  # it names its table
    except ValueError as error:
        about, _, told = str(error).partition(": ")
        tables = {
            "classes": "labels", "decision": "decision", "top": "explanation", "drift": "drift", "roles": "schema",
            "model": "model",
        }  # fmt: skip
        shown = told if about in ("metrics", "drift", "decision", "roles", "model") else error
        raise ConfigError(f"[{tables.get(about, 'metric')}] {shown}") from error
    made.built["recipe"] = "" if isinstance(config.model, Factory) else config.model.recipe
    return made


def detectors(config: Config) -> dict[str, DriftDetector]:
    """The drift detectors by their names."""
    return {
        name: called(chosen, config.folder, f"drift.{name}", base.DriftDetector)
        if isinstance(chosen, Factory)
        else part(chosen, config.folder)
        for name, chosen in config.drift.items()
    }


def deciding(config: Config) -> Deciding | None:
    """The decision rule, and how its actions are explained; None where none is configured."""
    if config.decision is None:
        return None
    explained = config.explanation
    rule = part(config.decision, config.folder)
    return Deciding(rule) if explained is None else Deciding(rule, explained.top, explained.codes)


def pickles(config: Config) -> bool:
    """Whether the state may hold pickled foreign objects."""
    model = config.model if isinstance(config.model, Factory) else config.model.learner
    return any(isinstance(each, Factory) and each.allow_pickle for each in (model, *config.drift.values()))


def restored(
    engine: Engine, snapshot: bytes, rows: Mapping[str, bytes], *, force: bool, allow_pickle: bool
) -> list[str]:
    """Takes over a saved state with the configured parameters; returns what changed, in words.

    The parameters with which the saved model was built are compared, not its present ones, because some models change
    their parameters while they learn. A parameter that may change is changed in the saved model.

    Raises
    ------
    ConfigError
        Where it was saved with another schema, label policy or recipe, or with another parameter that cannot be
        changed; `force` takes the state as it is.

    """
    fresh, configured, named = engine.model, engine.built, named_parts_of(engine)
    try:
        added = [f"[labels] classes: {name!r} is new" for name in engine.restore(snapshot, rows, force=force)]
    except (PickleRefusedError, UnknownPartError) as error:
        raise _unreadable(error, built_of(snapshot), configured) from error
    except SnapshotError as error:
        way_out = " (--force)" if "force" in str(error) else ""  # a damaged state cannot be forced
        raise ConfigError(f"[state] {error}{way_out}") from error
    added += started_afresh(snapshot, named, allow_pickle=allow_pickle)
    for words in added:
        _log.info("the configuration changes the saved state: %s", words)
    told = _unlike(engine.built, configured)
    if not told:
        return added
    if engine.built.get("recipe") == configured["recipe"]:
        try:
            snapshot, applied = changed(engine.snapshot(), fresh, configured, allow_pickle=allow_pickle)
        except ChangeRefused as error:
            told = error.reasons
        except SnapshotError as error:
            raise ConfigError(f"[state] {error}") from error
        else:
            engine.restore(snapshot, rows, force=force)
            for words in applied:
                _log.info("the configuration changes the saved model: %s", words)
            return added + applied
    if not force:
        raise ConfigError(
            f"[state] the saved state was made with another [model] ({'; '.join(told[:3])}), and what was learned "
            "belongs to it: configure that one, start with a new state, or go on with the saved model (--force)"
        )
    _log.warning("going on with the saved model, not the configured one: %s", "; ".join(told))
    return added


def _unlike(saved: Mapping[str, Any], configured: Mapping[str, Any]) -> list[str]:
    """How the models differ that were built with these parameters, in words."""
    if saved.get("recipe") != configured["recipe"]:
        return [f"{_recipe(saved.get('recipe'))}, not {_recipe(configured['recipe'])}"]
    return differences(saved, configured)


def _unreadable(error: SnapshotError, saved: Any, configured: Mapping[str, Any]) -> ConfigError:
    """The error for a state with a part that this configuration does not load: most often it is of another model."""
    pickled = isinstance(error, PickleRefusedError)
    # A schema that is new replaces an inferred one, so it is no reason.
    told = _unlike({**saved, "schema": configured["schema"]}, configured)
    if not told:
        return ConfigError(f"[state] {error}{' (allow_pickle = true beside the factory)' if pickled else ''}")
    beside = " with allow_pickle = true beside its factory" if pickled else ""
    return ConfigError(
        f"[state] the saved state was made with another [model] ({'; '.join(told[:3])}), and this one does not load "
        f"it: configure that one{beside}, or start with a new state ({error})"
    )


def _recipe(name: str | None) -> str:
    return f"recipe = '{name}'" if name else "a factory"


def _refuse_shared(connectors: Iterable[Connector]) -> None:
    """Refuses two inputs that read one stream, because each record would reach only one of them."""
    readers: dict[object, str] = {}
    for connector in connectors:
        path = connector.options.get("path")
        stream = _stream(path) if isinstance(path, str) else None
        if stream is None:
            continue
        if stream in readers:
            raise ConfigError(
                f"[source.{connector.name}] path is '{path}', which [source.{readers[stream]}] reads too, and a "
                "record of a stream is read once: give it a file, or one source with role = 'both'"
            )
        readers[stream] = connector.name


def _stream(path: str) -> object:
    """The identity of a file that can be read only once, the same under any name; None for other files."""
    try:
        found = os.fstat(0) if path == "-" else os.stat(path)
    except OSError:
        return None  # the connector reports it
    return (found.st_dev, found.st_ino) if path == "-" or not stat.S_ISREG(found.st_mode) else None


def _chosen(connector: Connector, replay: bool) -> Connector:
    return connector.replayed() if replay else connector


def sink(connector: Connector) -> Sink:
    """One output."""
    if connector.type == "none":
        return NullSink()
    made: Sink = _made("sinks", connector, connector.name)
    return made


def _made(kind: str, connector: Connector, *arguments: Any) -> Any:
    """The object that the connector's factory creates from its options."""
    found = {entry.name: entry for entry in entry_points(group=f"streamimb.{kind}")}
    table = {"sources": "source.", "sinks": "sink.", "exporters": "exporter."}.get(kind, "")
    where = f"[{table}{connector.name}]"
    if connector.type not in found:
        near = difflib.get_close_matches(connector.type, found, n=1)
        advice = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(sorted(found)) or 'none'}"
        raise ConfigError(f"{where} type is '{connector.type}': {advice}")
    try:
        factory: Callable[..., Any] = found[connector.type].load()
    except ImportError as error:
        raise ConfigError(
            f"{where} type is '{connector.type}': it needs {error.name or error}: "
            f"pip install 'streamimb[{connector.type}]'"
        ) from error
    try:
        return factory(connector.options, *arguments)
    except ValueError as error:
        if isinstance(error.__cause__, msgspec.ValidationError):
            raise fault(where.strip("[]"), error.__cause__, connector.options) from error
        raise ConfigError(f"{where} {error}") from error
