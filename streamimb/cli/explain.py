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

from streamimb.cli.as_text import as_text
from streamimb.cli.curve_page import Curve, FieldCurve, Learned, page
from streamimb.cli.inspection import saved_model
from streamimb.cli.model import register_own
from streamimb.config import ConfigError, load

BARS = "▁▂▃▄▅▆▇█"
WANTED = "a dict from field to a list of (value, log-odds, labelled events), or to these for each class"


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
            path = Path(read.state.path).absolute()
    if state is not None:
        path = state
    elif config is None:
        raise ConfigError("explain: give --config or --state")
    model = saved_model(path)
    found = list(learned(model))
    if not found:
        raise ConfigError(
            f"explain: the learner ({type(innermost(model)).__name__}) shows no curves and no trees; LogisticGAM and "
            "SoftmaxGAM have curves from the 200th labelled event on"
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

    Third parties' learners have the methods of `WithCurves` or `WithTrees`. What an ensemble makes members of has
    learned nothing, and the members are not shown.
    """
    curves = [curve for curve in curves_of(part) if curve.points] if isinstance(part, WithCurves) else []
    shares = (
        [(str(name), float(share)) for name, share in trees_of(part)] if isinstance(part, WithTrees) else []
    )
    if curves or shares:
        yield Learned(type(part).__name__, curves, shares)
    for one in inside(part):
        yield from learned(one)


def inside(part: Any) -> list[Any]:
    """The River objects that a part was given, and keeps, or the steps of a pipeline."""
    if isinstance(part, compose.Pipeline):
        return list(part.steps.values())
    try:
        names = list(inspect.signature(type(part)).parameters)
    except ValueError:  # a class written in C
        return []
    given = [getattr(part, name, None) for name in names]
    return [one for one in given if isinstance(one, base.Base)]


def innermost(model: Any) -> Any:
    """The learner inside the wrappers of a model."""
    while isinstance(getattr(model, "classifier", None), base.Base):
        model = model.classifier
    return list(model.steps.values())[-1] if isinstance(model, compose.Pipeline) else model


def curves_of(part: WithCurves) -> Iterator[FieldCurve]:
    """Every curve of a learner.

    Raises
    ------
    ConfigError
        The learner gives something else.
    """
    try:
        for field, shape in part.shapes().items():
            by_class = shape.items() if isinstance(shape, Mapping) else [(None, shape)]
            for label, points in by_class:
                of = None if label is None else str(label)
                yield FieldCurve(str(field), of, [(float(x), float(g), float(n)) for x, g, n in points])
    except (TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"explain: {type(part).__name__}.shapes gives no curves: {WANTED}") from error


def trees_of(part: WithTrees) -> list[tuple[Any, Any]]:
    """The shares of fields of a learner; raises as `curves_of`."""
    try:
        return [(name, float(share)) for name, share in part.feature_importances().items()]
    except (TypeError, ValueError, AttributeError) as error:
        raise ConfigError(
            f"explain: {type(part).__name__}.feature_importances gives no shares of fields"
        ) from error


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
            for name, share in sorted(one.importances, key=lambda item: -item[1]):
                table.add_row(as_text(name), f"{share:.3f}")
            console.print(table)
        if one.curves:
            table = Table(
                "field", "spread", "lowest at", "highest at", title=one.learner, title_justify="left"
            )
            table.add_column("curve", no_wrap=True, min_width=max(len(curve.points) for curve in one.curves))
            for curve in sorted(one.curves, key=lambda curve: -spread(curve.points)):
                low = min(curve.points, key=lambda point: point[1])
                high = max(curve.points, key=lambda point: point[1])
                table.add_row(
                    as_text(curve.name),
                    f"{spread(curve.points):.2f}",
                    f"{low[0]:.4g} ({low[1]:+.2f})",
                    f"{high[0]:.4g} ({high[1]:+.2f})",
                    bars(curve.points),
                )
            console.print(table)
