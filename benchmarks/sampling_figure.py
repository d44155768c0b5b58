"""The figure of docs/sampling.md: probabilities before and after the correction against the true ones, as SVG.

    python -m benchmarks.sampling_figure > docs/sampling.svg

1 % positives, `UnderSampler(share=0.2)`, our learner. Each point is a twentieth of the events, sorted by the predicted
probability: its mean, and the mean of the true probability of these events.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks import streams
from benchmarks.scores import WARM_UP
from streamimb import SampledClassifier
from streamimb.linear_model import LogisticRegression
from streamimb.sampling import UnderSampler

Floats = NDArray[np.float64]

POINTS = 20
LOW, HIGH = -4, 0  # powers of ten at the ends of both axes
LEFT, TOP, SIDE = 90, 20, 400  # px
WIDTH, HEIGHT = LEFT + SIDE + 20, TOP + SIDE + 65
BEFORE, AFTER = "#b3400e", "#0b6fa4"


def predicted(stream: streams.Stream) -> tuple[Floats, Floats]:
    """P(True) of every event before and after the correction, each before its label was learned."""
    model = SampledClassifier(LogisticRegression(), UnderSampler(share=0.2), seed=1)
    said = np.empty((2, len(stream.y)))
    for i, (x, y) in enumerate(stream.rows()):
        scores, _ = model.scores_one(x)
        said[:, i] = scores.raw, scores.corrected
        model.learn_one(x, y)
    return said[0], said[1]


def points(p: Floats, truth: Floats) -> Iterator[tuple[float, float]]:
    """Mean prediction and mean truth of equally many events, in order of the prediction."""
    for part in np.array_split(np.argsort(p, kind="stable"), POINTS):
        yield float(p[part].mean()), float(truth[part].mean())


def across(p: float) -> float:
    return LEFT + SIDE * (math.log10(p) - LOW) / (HIGH - LOW)


def down(p: float) -> float:
    return TOP + SIDE * (HIGH - math.log10(p)) / (HIGH - LOW)


def text(x: float, y: float, said: str, more: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" {more}>{said}</text>'


def axes() -> Iterator[str]:
    """The frame, a line and a label at each power of ten, and the diagonal."""
    for power in range(LOW, HIGH + 1):
        p, label = 10.0**power, f"{10.0**power:g}" if power > -4 else "0.0001"
        yield f'<path d="M{across(p):.0f} {TOP}V{TOP + SIDE}M{LEFT} {down(p):.0f}H{LEFT + SIDE}" stroke="#ddd"/>'
        yield text(across(p), TOP + SIDE + 22, label, 'text-anchor="middle"')
        yield text(LEFT - 8, down(p) + 5, label, 'text-anchor="end"')
    yield f'<path d="M{LEFT} {TOP + SIDE}L{LEFT + SIDE} {TOP}" stroke="#777" stroke-dasharray="6 4"/>'
    yield text(across(0.07), down(0.14), "predicted = true", 'text-anchor="end" fill="#555"')
    yield text(LEFT + SIDE / 2, TOP + SIDE + 50, "mean predicted probability", 'text-anchor="middle"')
    middle = TOP + SIDE / 2
    yield text(
        22, middle, "mean true probability", f'text-anchor="middle" transform="rotate(-90 22 {middle:.0f})"'
    )


def figure(n: int = 60_000) -> str:
    """The SVG document."""
    stream = streams.regime("stat", 0, n)
    before, after = predicted(stream)
    drawn = list(axes())
    for p, colour in ((before, BEFORE), (after, AFTER)):
        for x, y in points(p[WARM_UP:], stream.p[WARM_UP:]):
            drawn.append(f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="5" fill="{colour}"/>')
    drawn.append(
        text(across(0.95), down(0.0003), "before the correction", f'text-anchor="end" fill="{BEFORE}"')
    )
    drawn.append(
        text(across(0.0045), down(0.03), "after the correction", f'text-anchor="end" fill="{AFTER}"')
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" font-family="sans-serif" font-size="15">'
    )
    title = "<title>Predicted against true probability, before and after the correction</title>"
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    return "\n".join([head, title, ground, *drawn, "</svg>"]) + "\n"


if __name__ == "__main__":
    print(figure(), end="")
