"""The tables with fixed keys, one struct each: guard, labels, state, run, log."""

from typing import Annotated, Any, Literal

import msgspec

from streamimb.config.conversion import converted
from streamimb.config.refusal import ConfigError, refuse_other

Positive = Annotated[float, msgspec.Meta(gt=0)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]


class Guard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[guard]`: limits of events, and of an inferred schema."""

    warm_up: AtLeastOne = 1000  # events until an inferred schema is in force
    max_features: AtLeastOne = 10_000
    max_text: AtLeastOne = 10_000


class BothLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[labels]` with `regime = "both"`: every event gets its label."""

    regime: Literal["both"] = "both"
    ttl_s: Positive | None = (
        None  # after this time an unlabelled event is given up; None: only at max_pending
    )
    classes: tuple[str | int, ...] = ()  # the names of the classes, where labels are not True and False


class PositiveLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[labels]` with `regime = "positives"`: only the rare class is ever reported."""

    window_s: Positive
    regime: Literal["positives"] = "positives"


class Explanation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[explanation]`: the features named beside each action, those that add most to the log-odds."""

    top: Annotated[int, msgspec.Meta(ge=0, le=20)] = 3
    codes: dict[str, str] = {}  # what is written in place of a feature's name, such as a reason code


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[state]`: where the state is kept, and how often it is committed."""

    path: str
    checkpoint_s: Positive = 10.0
    checkpoint_events: AtLeastOne = 50_000


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[run]`: how long `run` waits for its inputs."""

    # Longest wait for an input that is behind its end but delivers no records
    merge_wait_s: NotNegative = 30.0
    silence_s: Positive = 300.0  # a pause of all inputs of this length is an alarm
    poll_s: Positive = 0.1  # longest pause after a poll without records


class Log(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[log]`: the messages written to stderr as JSON lines."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    same_per_minute: AtLeastOne = 20  # lines of one message; further ones are only counted


def labels(table: Any) -> BothLabels | PositiveLabels:
    """Return `[labels]` as the struct of its regime."""
    regime = table.get("regime", "both")
    if isinstance(regime, str):
        refuse_other(regime, ("both", "positives"), "[labels] regime")
    if regime == "positives":
        if "classes" in table:
            raise ConfigError(
                "[labels] classes: where only positives are reported, an event without a label would be of no class: "
                "set regime = 'both' and report the label of every event, or leave the classes out"
            )
        return converted(table, PositiveLabels, "labels")
    if "window_s" in table:
        raise ConfigError("[labels] window_s belongs to regime = 'positives': set the regime, or give ttl_s")
    if table.get("classes") == []:
        raise ConfigError(
            "[labels] classes = []: name all classes, or leave the key out where labels are True and False"
        )
    return converted(table, BothLabels, "labels")
