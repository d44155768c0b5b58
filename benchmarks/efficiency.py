"""How well a logistic model can be fitted to what ScoreUnderSampler keeps: squared error of its coefficients.

The designs are those of Wang, Zhang and Wang (2021): six covariates, normal or lognormal, with correlations of .5
before the exponential, all coefficients .5 (normal) or -.5 (lognormal), and one positive in 200. The sampler sees the
stream event by event, with the scores of a pilot that was fitted to 200 events of each class; the likelihood of the
kept events, with the shift of every event as its offset, is maximised by Newton's method.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.streams import sigmoid
from streamimb.sampling import ScoreUnderSampler

Floats = NDArray[np.float64]

BASE_RATE = 1 / 200
KEEP_RATE = 0.005  # of the negatives: about as many as there are positives
PILOT_N = 200  # events of each class
WRONG = 1.5  # a wrong pilot: each coefficient is too large by a uniform number up to this
COVARIATES = 6
SAMPLERS: dict[str, Callable[[], Any]] = {
    "score .1": lambda: ScoreUnderSampler(keep_rate=KEEP_RATE, mix=0.1),
    "score .5": lambda: ScoreUnderSampler(keep_rate=KEEP_RATE),
    "L .1": lambda: ScoreUnderSampler(keep_rate=KEEP_RATE, mix=0.1, criterion="L"),
    "L .5": lambda: ScoreUnderSampler(keep_rate=KEEP_RATE, criterion="L"),
}


class Design(NamedTuple):
    """Covariates by seed, and the coefficients, the intercept first."""

    covariates: Callable[[int, np.random.Generator], Floats]
    theta: Floats


def _normal(n: int, rng: np.random.Generator) -> Floats:
    root = np.linalg.cholesky(0.5 + 0.5 * np.eye(COVARIATES))
    return np.asarray(rng.normal(size=(n, COVARIATES)) @ root.T)


def _lognormal(n: int, rng: np.random.Generator) -> Floats:
    return np.exp(_normal(n, rng))


def design(name: str) -> Design:
    """A design by its name, its intercept such that one event in 200 is positive."""
    covariates, slope = {"normal": (_normal, 0.5), "lognormal": (_lognormal, -0.5)}[name]
    z = covariates(400_000, np.random.default_rng(0)) @ np.full(COVARIATES, slope)
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sigmoid(z + middle).mean() < BASE_RATE else (low, middle)
    return Design(covariates, np.array([low, *[slope] * COVARIATES]))


def fitted(x: Floats, y: Floats, offset: Floats, start: Floats) -> Floats:
    """The coefficients of the greatest likelihood, by Newton's method with halved steps."""

    def likelihood(theta: Floats) -> float:
        z = x @ theta + offset
        return float((y * z - np.logaddexp(0.0, z)).sum())

    theta, best = start, likelihood(start)
    for _ in range(100):
        p = sigmoid(x @ theta + offset)
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
        while (new := likelihood(theta + step)) < best - 1e-9:
            step = step / 2
        theta, best = theta + step, new
        if np.abs(step).max() < 1e-8:
            break
    return theta


def exact(x: Floats, p: Floats, rate: Floats | float) -> float:
    """The expected squared error at these rates of the negatives."""
    weight = p * (1 - p) * rate / (p + (1 - p) * rate)
    return float(np.trace(np.linalg.inv((x * weight[:, None]).T @ x)))


def pilot_of(x: Floats, y: NDArray[np.bool_], wrong: bool, rng: np.random.Generator) -> Floats:
    """Coefficients fitted to as many events of each class, with the intercept of all events; wrong on request."""
    some = np.concatenate([rng.choice(np.flatnonzero(y == k), PILOT_N, replace=False) for k in (False, True)])
    theta = fitted(x[some], y[some].astype(float), np.zeros(2 * PILOT_N), np.zeros(x.shape[1]))
    theta[0] -= np.log((y.size - y.sum()) / y.sum())
    return theta + rng.uniform(0.0, WRONG, theta.size) if wrong else theta


def rates_of(samplers: list[Any], covariates: Floats, score: Floats, y: NDArray[np.bool_]) -> Floats:
    """The rate of False at each event, for each of the samplers, as they go along the stream."""
    prior = {False: 1.0 - BASE_RATE, True: BASE_RATE}
    names = [f"x{j}" for j in range(covariates.shape[1])]
    rates = np.empty((len(samplers), y.size))
    for i, (values, p, label) in enumerate(zip(covariates.tolist(), score.tolist(), y.tolist(), strict=True)):
        x, said = dict(zip(names, values, strict=True)), {False: 1.0 - p, True: p}
        for j, sampler in enumerate(samplers):
            own = sampler.rates_one(x, said, prior)
            sampler.learn_one(x, label, said, own, prior)
            rates[j, i] = own[False]
    return rates


def efficiency(name: str, wrong: bool, n: int, repetitions: int) -> list[dict[str, float]]:
    """Of each repetition and sampler: its squared error over the exact one, and over the mean one of uniform rates.

    `kept`: the mean rate of the negatives over the one that was asked for.
    """
    covariates, theta = design(name)
    errors: list[dict[str, float]] = []
    for repetition in range(repetitions):
        rng = np.random.default_rng([repetition, wrong])
        x = covariates(n, rng)
        full = np.column_stack((np.ones(n), x))
        p = sigmoid(full @ theta)
        y = rng.random(n) < p
        pilot = pilot_of(full, y, wrong, rng)
        rates = rates_of([make() for make in SAMPLERS.values()], x, sigmoid(full @ pilot), y)
        draws, found = rng.random(n), {}
        for key, rate in zip(("uniform", *SAMPLERS), (np.full(n, KEEP_RATE), *rates), strict=True):
            kept = y | (draws < rate)
            fit = fitted(full[kept], y[kept].astype(float), -np.log(rate[kept]), theta)
            found[key] = float(((fit - theta) ** 2).sum())
            found[f"{key} / exact"] = found[key] / exact(full, p, rate)
            found[f"{key} kept"] = float(rate[~y].mean()) / KEEP_RATE
        errors.append(found)
    uniform = float(np.mean([found["uniform"] for found in errors]))
    for found in errors:
        found.update({f"{key} / uniform": found[key] / uniform for key in SAMPLERS})
    return errors
