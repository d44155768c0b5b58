"""What is timed: one file for each kind of work. `GROUPS` is the table in its order.

A side is made and warmed up once, then asked for one block of events after the other. No work knows a clock.
"""

from benchmarks.works import (
    batches,
    calibrators,
    changing_names,
    classes,
    decisions,
    drift,
    engine,
    learner,
    metrics,
    samplers,
    trees,
    whole_path,
    wire,
)

GROUPS = (
    *learner.GROUPS,
    *trees.GROUPS,
    *whole_path.GROUPS,
    *samplers.GROUPS,
    *engine.GROUPS,
    *metrics.GROUPS,
    *calibrators.GROUPS,
    *decisions.GROUPS,
    *drift.GROUPS,
    *changing_names.GROUPS,
    *classes.GROUPS,
    *batches.GROUPS,
    *wire.GROUPS,
)

__all__ = ["GROUPS"]
