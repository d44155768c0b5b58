"""The drawing of a reliability curve as SVG, for notebooks: no plotting library is needed."""

from __future__ import annotations

import math
from collections.abc import Sequence

SIZE, MARGIN = 320, 44


def svg(points: Sequence[tuple[float, float, float, float]]) -> str:
    """Return an SVG of points (predicted, observed, low, high) on logarithmic axes, with the diagonal.

    **Cost**: O(n).

    Examples
    --------
    >>> svg([(0.01, 0.02, 0.01, 0.03)]).count("<circle")
    1
    """
    known = [value for point in points for value in point if value > 0.0]
    low = math.floor(math.log10(min(known, default=0.001)))
    high = max(low + 1, math.ceil(math.log10(max(known, default=1.0))))

    def place(value: float) -> float:
        if value <= 0.0:  # 0 has no logarithm: it is drawn at the edge
            return 0.0
        return (math.log10(value) - low) / (high - low) * (SIZE - 2 * MARGIN)

    def across(value: float) -> str:
        return f"{MARGIN + place(value):.1f}"

    def down(value: float) -> str:
        return f"{SIZE - MARGIN - place(value):.1f}"

    first, last = 10.0**low, 10.0**high
    diagonal = f'x1="{across(first)}" y1="{down(first)}" x2="{across(last)}" y2="{down(last)}"'
    parts = [f'<line {diagonal} stroke="gray" stroke-dasharray="4"/>']
    for power in range(low, high + 1):
        tick = 10.0**power
        parts.append(
            f'<text x="{across(tick)}" y="{SIZE - MARGIN + 16}" text-anchor="middle">{tick:g}</text>'
        )
        parts.append(f'<text x="{MARGIN - 6}" y="{down(tick)}" text-anchor="end">{tick:g}</text>')
    for predicted, observed, bottom, top in points:
        x = across(predicted)
        parts.append(f'<line x1="{x}" y1="{down(bottom)}" x2="{x}" y2="{down(top)}" stroke="steelblue"/>')
        parts.append(f'<circle cx="{x}" cy="{down(observed)}" r="3" fill="steelblue"/>')
    parts.append(f'<text x="{SIZE // 2}" y="{SIZE - 6}" text-anchor="middle">predicted</text>')
    parts.append(
        f'<text x="12" y="{SIZE // 2}" transform="rotate(-90 12 {SIZE // 2})" text-anchor="middle">observed</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" font-size="11" '
        f'font-family="sans-serif" role="img" aria-label="reliability curve">{"".join(parts)}</svg>'
    )
