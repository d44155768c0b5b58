"""Draws the curves of a number above the labelled events that are behind them."""

from collections.abc import Mapping
from typing import Any


def drawn(field: Any, shapes: Mapping[Any, list[tuple[float, float, float]]], ylabel: str, ax: Any) -> Any:
    """Draw one curve for each name, over the same values, on matplotlib axes, new ones for None; return them.

    Raises
    ------
    ImportError
        matplotlib is not installed: `pip install "streamimb[plot]"`.

    """
    if ax is None:
        try:
            from matplotlib import pyplot
        except ImportError as error:
            raise ImportError('plot needs matplotlib: pip install "streamimb[plot]"') from error
        ax = pyplot.figure().gca()
    shape: list[tuple[float, float, float]] = []
    for name, shape in shapes.items():
        values = [value for value, _, _ in shape]
        ax.plot(values, [added for _, added, _ in shape], marker=".", label=str(name))
    ax.axhline(0.0, linewidth=0.5)
    if len(shapes) > 1:
        ax.legend()
    beside = ax.twinx()
    beside.vlines([value for value, _, _ in shape], 0.0, [support for *_, support in shape], alpha=0.3)
    beside.set_ylabel("labelled events")
    ax.set_xlabel(str(field))
    ax.set_ylabel(ylabel)
    return ax
