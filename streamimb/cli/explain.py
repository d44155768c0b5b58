"""`explain`: what the learners of a saved model have learned about each field, as a table and as a page with curves.

A curve has values of a field: the lowest, the highest and quantiles. Like `inspect` it never loads a pickle.
"""

import inspect
import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import msgspec
from rich.console import Console
from rich.table import Table
from river import base, compose

from streamimb.cli.curve_page import Curve, Learned, page
from streamimb.cli.inspection import saved_model
from streamimb.cli.model import register_own
from streamimb.config import ConfigError, load

BARS = "▁▂▃▄▅▆▇█"


@runtime_checkable
class WithCurves(Protocol):
    """A learner with a curve for each number, or with one for each number and class."""

    def shapes(self) -> Mapping[Any, Curve | Mapping[Any, Curve]]:
        """Return (value, log-odds, labelled events) of each number, values ascending, or these for each class."""


@runtime_checkable
class WithTrees(Protocol):
    """A learner that knows how much each field tells."""

    def feature_importances(self) -> Mapping[Any, float]:
        """Return the share of each field in the gain of all splits."""


def show(config: Path | None, state: Path | None, out: Path | None, *, as_json: bool) -> int:
    """Prints what was learned, and writes the page where `out` is given; the exit code."""
    if config is not None:
        register_own(read := load(config))
        with chdir(read.folder):
            path = Path(read.state.path if state is None else state).absolute()
    elif state is not None:
        path = state
    else:
        raise ConfigError("explain: give --config or --state")
    found = list(learned(saved_model(path)))
    if not found:
        raise ConfigError(
            "explain: the model has no curves and no trees yet: LogisticGAM has curves from the 200th labelled event on"
        )
    if out is not None:
        try:
            out.write_text(page(found), encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"--out {out}: {error.strerror or type(error).__name__}") from error
    if as_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        _print(found)
    return 0


def learned(part: Any) -> Iterator[Learned]:
    """What the learners inside a model have learned, the outermost first; those that show nothing are left out.

    Third parties' learners have the methods of `WithCurves` or `WithTrees`.
    """
    curves = part.shapes() if isinstance(part, WithCurves) else {}
    importances = part.feature_importances() if isinstance(part, WithTrees) else {}
    if curves or importances:
        yield Learned(
            type(part).__name__,
            dict(named(curves)),
            {str(name): share for name, share in importances.items()},
        )
    if isinstance(part, compose.Pipeline):
        inner = list(part.steps.values())
    else:
        inner = [getattr(part, name, None) for name in inspect.signature(type(part)).parameters]
    for value in inner:
        if isinstance(value, base.Base):
            yield from learned(value)


def named(shapes: Mapping[Any, Curve | Mapping[Any, Curve]]) -> Iterator[tuple[str, Curve]]:
    """Every curve by the name of its field, and of its class where there are classes.

    >>> dict(named({"a": {"rare": [(0.0, 1.0, 2.0)]}}))
    {'a: rare': [(0.0, 1.0, 2.0)]}
    """
    for field, shape in shapes.items():
        if isinstance(shape, Mapping):
            for label, curve in shape.items():
                yield f"{field}: {label}", curve
        else:
            yield str(field), shape


def spread(curve: Curve) -> float:
    """The standard deviation of what a curve adds to the log-odds, over the events behind it.

    >>> spread([(0.0, -1.0, 10.0), (1.0, 1.0, 10.0)])
    1.0
    """
    events = math.fsum(support for *_, support in curve)
    if events <= 0.0:
        return 0.0
    mean = math.fsum(added * support for _, added, support in curve) / events
    return math.sqrt(math.fsum((added - mean) ** 2 * support for _, added, support in curve) / events)


def bars(curve: Curve) -> str:
    """A curve as a line of bars, one for each value.

    >>> bars([(0.0, -1.0, 10.0), (1.0, 0.0, 10.0), (2.0, 1.0, 10.0)])
    '▁▄█'
    """
    lowest = min(added for _, added, _ in curve)
    range_ = max(added for _, added, _ in curve) - lowest
    top = len(BARS) - 1
    return "".join(BARS[int(top * (added - lowest) / range_) if range_ > 0.0 else 0] for _, added, _ in curve)


def _print(found: list[Learned]) -> None:
    console = Console()
    for one in found:
        if one.importances:
            table = Table("field", "share of gain", title=one.learner, title_justify="left")
            for name, share in sorted(one.importances.items(), key=lambda item: -item[1]):
                table.add_row(_plain(name), f"{share:.3f}")
            console.print(table)
        if one.curves:
            table = Table(
                "field", "spread", "lowest at", "highest at", "curve", title=one.learner, title_justify="left"
            )
            for name, curve in sorted(one.curves.items(), key=lambda item: -spread(item[1])):
                low, high = min(curve, key=lambda point: point[1]), max(curve, key=lambda point: point[1])
                table.add_row(
                    _plain(name),
                    f"{spread(curve):.2f}",
                    f"{low[0]:.4g} ({low[1]:+.2f})",
                    f"{high[0]:.4g} ({high[1]:+.2f})",
                    bars(curve),
                )
            console.print(table)


def _plain(name: str) -> str:
    """A name without the markup of rich."""
    return name.replace("[", r"\[")
