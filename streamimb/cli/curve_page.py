"""A page of HTML with what learners have learned: shares of fields as a table, curves as SVG; no script, no library."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import msgspec

WIDTH, HEIGHT, MARGIN = 360, 220, 40
STYLE = (
    "body{font:14px sans-serif;margin:2em}figure{display:inline-block;margin:1em}"
    "td,th{text-align:left;padding:2px 1em}"
)


Curve = list[tuple[float, float, float]]


class FieldCurve(msgspec.Struct, frozen=True, rename={"of": "class"}):
    """The curve of a number; of one class, where there are more than two."""

    field: str
    of: str | None
    points: Curve

    @property
    def name(self) -> str:
        """The field, and the class where there is one."""
        return self.field if self.of is None else f"{self.field}: {self.of}"


class Learned(msgspec.Struct, frozen=True):
    """What one learner has learned: curves of numbers, and the share of each field in the gain of its trees."""

    learner: str
    curves: list[FieldCurve]
    importances: list[tuple[str, float]]


def page(found: Iterable[Learned]) -> str:
    """Return the page of several `Learned`."""
    parts = []
    for one in found:
        parts.append(f"<h2>{escape(one.learner)}</h2>")
        if one.importances:
            ranked = sorted(one.importances, key=lambda item: -item[1])
            rows = "".join(f"<tr><td>{escape(name)}</td><td>{share:.3f}</td></tr>" for name, share in ranked)
            parts.append(
                f"<table><tr><th>field</th><th>share of the gain of all splits</th></tr>{rows}</table>"
            )
        for curve in one.curves:
            name = curve.name
            parts.append(
                f"<figure>{drawing(name, curve.points)}<figcaption>{escape(name)}</figcaption></figure>"
            )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>what the model has learned</title>'
        f"<style>{STYLE}</style></head><body><h1>What the model has learned</h1>"
        "<p>A curve is what a value adds to the log-odds (of a class: to the log of its share); "
        "a grey bar is the number of labelled events nearest to it."
        f"</p>{''.join(parts)}</body></html>\n"
    )


def drawing(name: str, curve: Curve) -> str:
    """Return the SVG of a curve of (value, log-odds, labelled events), values ascending.

    Values stand at equal distances, because they are quantiles: a skewed number is read as well as any other.

    >>> drawing("a", [(0.0, -1.0, 10.0), (1.0, 1.0, 5.0)]).count("<rect")
    2
    """
    top = max(0.0, *(added for _, added, _ in curve))
    bottom = min(0.0, *(added for _, added, _ in curve))
    most = max(support for *_, support in curve) or 1.0
    height, width = HEIGHT - 2 * MARGIN, WIDTH - 2 * MARGIN
    step = width / len(curve)

    def down(added: float) -> float:
        return MARGIN + height * ((top - added) / (top - bottom) if top > bottom else 0.5)

    parts = []
    for i, (_, _, support) in enumerate(curve):
        tall = height * support / most
        parts.append(
            f'<rect x="{MARGIN + i * step:.1f}" y="{HEIGHT - MARGIN - tall:.1f}" width="{step:.1f}" '
            f'height="{tall:.1f}" fill="#ddd"/>'
        )
    zero = f"{down(0.0):.1f}"
    parts.append(f'<line x1="{MARGIN}" y1="{zero}" x2="{WIDTH - MARGIN}" y2="{zero}" stroke="gray"/>')
    line = " ".join(
        f"{MARGIN + (i + 0.5) * step:.1f},{down(added):.1f}" for i, (_, added, _) in enumerate(curve)
    )
    parts.append(f'<polyline points="{line}" fill="none" stroke="steelblue" stroke-width="2"/>')
    parts.extend(
        f'<text x="{MARGIN - 4}" y="{down(added) + 4:.1f}" text-anchor="end">{added:+.2f}</text>'
        for added in sorted({top, 0.0, bottom})
    )
    parts.extend(
        f'<text x="{MARGIN + (i + 0.5) * step:.1f}" y="{HEIGHT - MARGIN + 14}" text-anchor="middle">'
        f"{curve[i][0]:.4g}</text>"
        for i in sorted({0, len(curve) // 2, len(curve) - 1})
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-size="10" '
        f'font-family="sans-serif" role="img" aria-label="curve of {escape(name)}">{"".join(parts)}</svg>'
    )
