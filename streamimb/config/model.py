"""Reads `[model]` and the tables of its parts: learner, sampler, synthesizer, calibrator, correction.

A recipe gives the defaults of the five tables; a table in the file replaces that of the recipe whole. This module
looks up types and options in the catalogue; the part's constructor checks the values.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from streamimb import catalogue
from streamimb.catalogue import Entry
from streamimb.compose.sampled import ANCHORS, CORRECTIONS
from streamimb.config.conversion import converted
from streamimb.config.refusal import (
    SLIP,
    ConfigError,
    advice,
    declare,
    missing,
    nearest,
    refuse_other,
    refuse_value,
)

PARTS = ("learner", "sampler", "synthesizer", "calibrator", "correction")


class PartChoice(msgspec.Struct, frozen=True):
    """A part and its options: `type` is its name in the catalogue, or module:Class for a user's own class."""

    table: str  # the table's name in the file: "sampler", "metric.short"
    type: str
    options: dict[str, Any] = {}

    @property
    def own(self) -> bool:
        """Whether `type` names a user's own class by its module."""
        return ":" in self.type

    @property
    def kind_of_table(self) -> str:
        """The table without the user's name: "metric" for "metric.short"."""
        return self.table.partition(".")[0]


class Factory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[model]`, `[learner]` or `[drift.<name>]` with `factory`: what a user's own function returns."""

    factory: str
    arguments: dict[str, Any] = {}
    allow_pickle: bool = False


class Correction(msgspec.Struct, frozen=True):
    """`[correction]`: how the shift of sampling is removed, by a word or by a part, and the anchor."""

    type: str | PartChoice = "auto"
    anchor: str | dict[str, Any] = "live"  # a table chooses a part: type = "correction.FrozenAnchor"


class Recipe(msgspec.Struct, frozen=True):
    """The content of the five tables where the configuration does not have them."""

    learner: PartChoice = PartChoice("learner", "linear_model.LogisticGAM")
    class_learner: PartChoice | None = (
        None  # in its place where the labels are classes by name; None: it stays
    )
    sampler: PartChoice = PartChoice("sampler", "sampling.ScoreUnderSampler")
    synthesizer: PartChoice | None = None  # copies of the event itself
    calibrator: PartChoice = PartChoice("calibrator", "calibration.PlattMixture")
    correction: Correction = Correction()


# Sampled by score, corrected by the offset with the live anchor, calibrated; as functions in `compose/recipes.py`.
RECIPES = {
    "default": Recipe(class_learner=PartChoice("learner", "linear_model.SoftmaxGAM")),
    "linear": Recipe(
        PartChoice("learner", "linear_model.LogisticRegression"),
        PartChoice("learner", "linear_model.SoftmaxRegression"),
    ),
    "boosting": Recipe(
        PartChoice(
            "learner",
            "tree.RollingBoostingClassifier",
            {"companion": {"type": "linear_model.LogisticGAM"}},
        ),
        # Trees are learned from few events at first: kept whole, these cost little
        sampler=PartChoice("sampler", "sampling.ScoreUnderSampler", {"keep_first": 5_000}),
    ),
}


class Model(msgspec.Struct, frozen=True):
    """`[model]` with parts, and the five tables after the recipe has filled them."""

    recipe: str = "default"
    prior: float = 0.05  # P(True) until the first negative has come; then it counts as one label
    seed: int = 0
    learner: PartChoice | Factory = RECIPES["default"].learner
    sampler: PartChoice | None = RECIPES["default"].sampler  # None: the learner samples itself
    synthesizer: PartChoice | None = RECIPES["default"].synthesizer
    calibrator: PartChoice = RECIPES["default"].calibrator
    correction: Correction = RECIPES["default"].correction

    @property
    def choices(self) -> tuple[PartChoice, ...]:
        """The parts that a type chooses; not a learner from a factory, nor a correction that is a word."""
        parts = (self.learner, self.sampler, self.synthesizer, self.calibrator, self.correction.type)
        return tuple(part for part in parts if isinstance(part, PartChoice))


class _Keys(msgspec.Struct, frozen=True):
    """The keys of `[model]` itself."""

    recipe: str = "default"
    prior: float = 0.05
    seed: int = 0


def model(tables: Mapping[str, Any]) -> Model | Factory:
    """Return the model that `[model]` and the five tables describe; `[labels]` says whether there are names of classes.

    Raises
    ------
    ConfigError
        Where a key, a type or an option is unknown or in the wrong table, or `[model] factory` is given with a table.

    """
    written = [name for name in PARTS if name in tables]
    table = refuse_value(tables.get("model", {}), "model")
    if "factory" in table:
        if written:
            raise ConfigError(
                f"[{written[0]}] is given, but [model] factory gives the whole model: leave one of them out, or give "
                "the learner alone by [learner] factory"
            )
        return factory(table, "model")
    for key, value in table.items():
        if key in PARTS:
            kind = f' with type = "{value}"' if isinstance(value, str) else ""
            raise ConfigError(f"[model] '{key}' is not a key: it is a table of its own, write [{key}]{kind}")
        if key not in _Keys.__struct_fields__:
            raise ConfigError(
                f"[model] '{key}' is not a key: {advice(key, _Keys.__struct_fields__, 'model')}"
            )
    keys = converted(table, _Keys, "model")
    refuse_other(keys.recipe, tuple(RECIPES), "[model] recipe")
    recipe = RECIPES[keys.recipe]
    parts: dict[str, Any] = {name: getattr(recipe, name) for name in PARTS}
    if "classes" in refuse_value(tables.get("labels", {}), "labels"):
        parts["learner"] = recipe.class_learner or recipe.learner
    for name in written:
        given = refuse_value(tables[name], name)
        if name == "correction":
            parts[name] = _correction(given)
        elif name == "learner" and "factory" in given:
            parts[name] = factory(given, "learner")
        else:
            parts[name] = choice(given, parts[name] or _untyped(name, given))
    if samples_itself(parts["learner"]):
        for name in ("sampler", "synthesizer", "correction"):
            if name in written:
                raise ConfigError(
                    f"[{name}] is given, but {parts['learner'].type} samples and corrects its members itself: leave it "
                    "out, and give what it takes as options under [learner]"
                )
        parts["sampler"] = None
    return Model(**msgspec.structs.asdict(keys), **parts)


def samples_itself(learner: PartChoice | Factory) -> bool:
    """Whether a learner of the catalogue is an ensemble that samples and corrects its members itself."""
    if isinstance(learner, Factory) or learner.own:
        return False
    return bool(getattr(catalogue.class_of(learner.type), "samples_itself", False))


def refuse_options(entry: Entry, options: Mapping[str, Any], where: str) -> None:
    """Refuse an unknown option of a part, and a missing one that its constructor requires.

    Raises
    ------
    ConfigError
        It names the option and what to write instead.

    """
    known = tuple(option.name for option in entry.options)
    for key in options:
        if key not in known:
            raise ConfigError(
                f"[{where}] '{key}' is not an option of {entry.kind}: {advice(key, known, where)}"
            )
    for option in entry.options:
        if option.required and option.name not in options:
            raise missing(option.name, where)


def entry_of(table: str, kind: str, words: tuple[str, ...] = (), *, inside: bool = False) -> Entry:
    """Return the part that a table names, by its class or by room.Class.

    `words` are the values of `type` that name no part; a part inside a part may be of any room.

    Raises
    ------
    ConfigError
        Where there is none, or more than one.

    """
    entries = catalogue.entries(None if inside else table.partition(".")[0])
    found = [entry for entry in entries if kind in (entry.kind, entry.name)]
    if not found:
        refuse_broken(table, kind)
        names = [*words, *(entry.name if "." in kind else entry.kind for entry in entries)]
        if nearest(kind, names):
            raise ConfigError(f"[{table}] type is '{kind}': {advice(kind, names)}")
        there = "`streamimb parts` lists them all" if inside else advice(kind, names)
        raise ConfigError(
            f"[{table}] type is '{kind}': {there}; a class of your own is given as module:Class"
        )
    if len(found) > 1:
        names = [entry.name for entry in found]
        raise ConfigError(
            f"[{table}] type is '{kind}', of which there are {', '.join(names)}: give one of these"
        )
    return found[0]


def refuse_broken(table: str, kind: str) -> None:
    """Refuse a type that an installed package declares and that cannot be loaded.

    Raises
    ------
    ConfigError
        It says why.

    """
    rooms = [room.name for room in catalogue.ROOMS.values() if room.table == table.partition(".")[0]]
    for name, why in catalogue.broken().items():
        if kind == name or name in [f"{room}.{kind}" for room in rooms]:
            raise ConfigError(
                f"[{table}] type is '{kind}', which a package declares and which cannot be loaded ({why}): correct or "
                "update the package"
            )


def choice(given: Mapping[str, Any], default: PartChoice) -> PartChoice:
    """Return the part that a table chooses; where it has no `type`, that of the default applies.

    Raises
    ------
    ConfigError
        Where a type or an option is unknown.

    """
    options = dict(given)
    kind = _kind(options.pop("type", default.type), default.table)
    return _chosen(default.table, kind, options)


def _kind(kind: Any, table: str) -> str:
    if not isinstance(kind, str):
        raise ConfigError(f"[{table}] type is {kind!r}: give the name of a part in quotes")
    return kind


def _chosen(table: str, kind: str, options: dict[str, Any], words: tuple[str, ...] = ()) -> PartChoice:
    if ":" in kind:  # its options are checked when its module is imported
        return PartChoice(table, kind, options)
    entry = entry_of(table, kind, words)
    refuse_options(entry, options, table)
    return PartChoice(table, entry.name, options)


def _untyped(table: str, given: Mapping[str, Any]) -> PartChoice:
    """The default of a table for which the recipe has no part; refuses a table without `type`."""
    if "type" not in given:
        raise missing("type", table)
    return PartChoice(table, "")


def factory(given: Mapping[str, Any], table: str) -> Factory:
    """Return the user's own function that a table names.

    Raises
    ------
    ConfigError
        Where `type` is given too, or a key is unknown.

    """
    if "type" in given:
        raise ConfigError(f"[{table}] type and factory are both given: leave one of them out")
    known = Factory.__struct_fields__
    for key in given:
        if key not in known:
            near = nearest(key, known, SLIP)
            raise ConfigError(
                f"[{table}] '{key}' is not a key: did you mean '{near}'?"
                if near
                else f"[{table}] '{key}' is not a key beside factory, where there are {', '.join(known)}: give it to "
                f"the function, under [{table}.arguments], or leave it out"
            )
    return converted(given, Factory, table)


def _correction(given: Mapping[str, Any]) -> Correction:
    options = dict(given)
    kind = _kind(options.pop("type", "auto"), "correction")
    anchor = options.pop("anchor", "live")
    if not isinstance(anchor, dict):
        refuse_other(anchor if isinstance(anchor, str) else repr(anchor), ANCHORS, "[correction] anchor")
    if kind not in CORRECTIONS:
        return Correction(_chosen("correction", kind, options, CORRECTIONS), anchor)
    for key in options:
        known = Correction.__struct_fields__
        raise ConfigError(f"[correction] '{key}' is not a key: {advice(key, known, 'correction')}")
    return Correction(kind, anchor)


def _options_of(table: str) -> list[str]:
    """The options that the parts of a table may have, of all types together."""
    found = [option.name for entry in catalogue.entries(table) for option in entry.options]
    return [*found, *Correction.__struct_fields__] if table == "correction" else found


declare("model", lambda: _Keys.__struct_fields__, "model")
for _table in (*PARTS, "decision"):
    declare(_table, partial(_options_of, _table), "model" if _table in PARTS else "")
