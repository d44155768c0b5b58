"""Builds the guarded classifier from `[model]` and its tables: parts by the catalogue, or a user's factory.

A part checks its values itself; its ValueError becomes a ConfigError that names the table.
"""

import importlib
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from river import base

from streamimb import catalogue
from streamimb.catalogue import Entry
from streamimb.compose import CalibratedClassifier, GuardedClassifier, SampledClassifier, Schema
from streamimb.config import Config, ConfigError, Factory, Model, PartChoice
from streamimb.config.model import entry_of, refuse_options
from streamimb.config.refusal import nearest
from streamimb.engine.parameters import unstored


def guarded(config: Config) -> GuardedClassifier:
    """The guarded classifier, from the recipe and the tables, or from the factory."""
    schema = Schema(config.schema) if config.schema else None
    if isinstance(config.model, Factory):
        classifier = called(config.model, config.folder, "model", base.Classifier)
    else:
        classifier = assembled(config.model, config.folder)
    if not isinstance(classifier, GuardedClassifier):
        return GuardedClassifier(classifier, schema, **msgspec.structs.asdict(config.guard))
    if schema is not None:
        raise ConfigError(
            "[schema] is given, but the factory's model is guarded already: leave one of them out"
        )
    return classifier


def assembled(model: Model, folder: str = ".") -> CalibratedClassifier:
    """The learner, sampled, corrected and calibrated; the user's own modules are searched in `folder` too.

    Raises
    ------
    ConfigError
        A part does not accept its options, or does not fit another part.

    """
    learner = model.learner
    if model.sampler is None and isinstance(learner, PartChoice):
        learner = msgspec.structs.replace(
            learner, options={"prior": model.prior, "seed": model.seed, **learner.options}
        )
    classifier = (
        called(learner, folder, "learner", base.Classifier)
        if isinstance(learner, Factory)
        else part(learner, folder)
    )
    calibrator = part(model.calibrator, folder)
    if model.sampler is None:
        return _calibrated(classifier, calibrator)
    sampler = part(model.sampler, folder)
    chosen = model.correction.type
    correction = part(chosen, folder) if isinstance(chosen, PartChoice) else chosen
    synthesizer = None if model.synthesizer is None else part(model.synthesizer, folder)
    anchor = _value(model.correction.anchor, "correction", "", folder)
    try:
        sampled = SampledClassifier(
            classifier,
            sampler,
            correction,
            anchor,
            prior=model.prior,
            seed=model.seed,
            synthesizer=synthesizer,
        )
    except ValueError as error:
        raise _placed(error, "model") from error
    return _calibrated(sampled, calibrator)


def _calibrated(classifier: base.Classifier, calibrator: Any) -> CalibratedClassifier:
    try:
        return CalibratedClassifier(classifier, calibrator)
    except ValueError as error:
        raise _placed(error, "calibrator") from error


def _placed(error: ValueError, table: str) -> ConfigError:
    """The error of a wrapper, with the table of the parameter that it names first; else this table."""
    parameter, colon, rest = str(error).partition(": ")
    place = catalogue.PLACES.get(parameter.partition("=")[0], table)
    return ConfigError(f"[{place}] {rest if colon and parameter == place else error}")


def part(choice: PartChoice, folder: str) -> Any:
    """The part of a table, built with its options.

    Raises
    ------
    ConfigError
        The class cannot be found, or its constructor refuses an option; the message names the table.

    """
    entry = named(choice, folder)
    return _built(entry, choice.options, choice.table, folder)


def named(choice: PartChoice, folder: str, *, inside: str = "") -> Entry:
    """The catalogue's entry of a choice; a user's own class is imported, and registered if it is new.

    `inside` is the annotation of the option where the choice is that of a part inside a part, which may be of any room.
    """
    if not choice.own:
        return Entry(choice.type, catalogue.class_of(choice.type))
    where = f"[{choice.table}] type is '{choice.type}'"
    cls = _imported(choice.type, folder, where, "class")
    rooms = [room.name for room in catalogue.ROOMS.values() if room.table == choice.kind_of_table]
    name = catalogue.name_of(cls)
    if name is None:
        words = re.findall(r"\w+", inside)
        room = next((each.name for each in catalogue.ROOMS.values() if each.protocol in words), rooms[0])
        name = f"{room}.{cls.__name__}"
        try:
            catalogue.register(cls, name)
        except ValueError as error:
            raise ConfigError(f"{where}: {error}") from error
    entry = Entry(name, cls)
    if entry.room not in rooms and not inside:
        raise ConfigError(f"{where}, which is registered as {name}: give one of {', '.join(rooms)}")
    refuse_options(entry, choice.options, choice.table)
    return entry


def register_own(config: Config) -> None:
    """Import the user's own classes that the tables name, so that a state with them can be read."""
    choices = list(config.model.choices) if isinstance(config.model, Model) else []
    for choice in [*choices, *([] if config.decision is None else [config.decision])]:
        entry = named(choice, config.folder)
        for key, value in choice.options.items():
            _register_inside(value, choice.table, entry.annotation(key), config.folder)
    if isinstance(config.model, Model):
        _register_inside(config.model.correction.anchor, "correction", "Anchor", config.folder)


def _register_inside(value: Any, table: str, annotation: str, folder: str) -> None:
    """Import the user's own classes among the parts inside an option."""
    if isinstance(value, list):
        for item in value:
            _register_inside(item, table, annotation, folder)
    if isinstance(value, dict) and "type" in value:
        entry, options = _inside(value, table, annotation, folder)
        for key, item in options.items():
            _register_inside(item, table, entry.annotation(key), folder)


def _built(entry: Entry, options: Mapping[str, Any], table: str, folder: str) -> Any:
    given = {key: _value(value, table, entry.annotation(key), folder) for key, value in options.items()}
    try:
        made = entry.cls(**given)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"[{table}] {entry.kind}: {error}") from error
    for name in unstored(made):
        raise ConfigError(
            f"[{table}] {entry.kind} does not keep its parameter '{name}', so a change of it in a saved state would "
            f"not be seen: store it as self.{name}"
        )
    return made


def _value(value: Any, table: str, annotation: str, folder: str) -> Any:
    """A value of TOML as a constructor takes it: arrays are tuples, a table with `type` is a part."""
    if isinstance(value, list):
        items = [_value(item, table, annotation, folder) for item in value]
        return items if annotation.startswith("list") else tuple(items)
    if not isinstance(value, dict) or "type" not in value:
        return value
    entry, options = _inside(value, table, annotation, folder)
    return _built(entry, options, table, folder)


def _inside(
    value: Mapping[str, Any], table: str, annotation: str, folder: str
) -> tuple[Entry, dict[str, Any]]:
    """The entry and the options of a part inside a part."""
    options = {key: item for key, item in value.items() if key != "type"}
    kind = value["type"]
    if not isinstance(kind, str):
        raise ConfigError(f"[{table}] type is {kind!r}: give the name of a part in quotes")
    if ":" in kind:  # its options are checked when its module is imported
        return named(PartChoice(table, kind, options), folder, inside=annotation or "part"), options
    entry = entry_of(table, kind, inside=True)
    refuse_options(entry, options, table)
    return entry, options


def called(factory: Factory, folder: str, table: str, kind: type) -> Any:
    """What the user's function returns, which has to be of a kind of River's.

    Raises
    ------
    ConfigError
        The function cannot be found, fails, or returns something else; the message names the table.

    """
    where = f"[{table}] factory is '{factory.factory}'"
    function: Callable[..., Any] = _imported(factory.factory, folder, where, "function")
    try:
        made = function(**factory.arguments)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{where}: {error}: check [{table}.arguments]") from error
    if not isinstance(made, kind):
        raise ConfigError(f"{where}: gave a {type(made).__name__}: give a river.base.{kind.__name__}")
    return made


def _imported(path: str, folder: str, where: str, what: str) -> Any:
    """The object that `module:name` names; the module is searched in `folder` too."""
    module_name, colon, name = path.partition(":")
    form = "module:Class" if what == "class" else f"module:{what}"
    if not colon or not module_name or not name:
        raise ConfigError(f"{where}: give {form}")
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise ConfigError(
            f"{where}: module '{module_name}' cannot be imported ({error}): check the name"
        ) from error
    found = getattr(module, name, None)
    if found is not None and not (isinstance(found, type) if what == "class" else callable(found)):
        raise ConfigError(f"{where}, which is not a {what}: give {form}")
    if found is None:
        near = nearest(name, dir(module), cutoff=0.6)
        advice = f"did you mean '{near}'?" if near else "check the name"
        raise ConfigError(f"{where}: module '{module_name}' has no {what} '{name}': {advice}")
    return found
