"""Runs inputs by their seeds, in a process that may die: `python -m tests.fuzz.child FIRST LAST`.

Writes every seed and its part before it is run, and a line `failed SEED what` for what Python can see; the parent sees
the rest.
"""

from __future__ import annotations

import functools
import math
import os
import resource
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from streamimb.compose.capabilities import inner_models
from streamimb.engine import BothReported, PositivesReported
from streamimb.engine.snapshot import SnapshotError, dumps, loads
from streamimb.events import AnyScore, Event, Label, Rejection
from tests.fuzz import hostile
from tests.fuzz.engines import engines
from tests.fuzz.mutations import mutated
from tests.fuzz.parts import Part, check, signature, teach, trained

MEMORY = 4 << 30  # bytes of addresses
LONGEST_S = 30  # of one input
ALLOWED = {"__init__", "__setstate__", "__getstate__", "__reduce__"}  # beside what has no underscore
ENGINE_EVERY = 8


class Unallowed(AssertionError):
    """A call ended in a way that no input explains."""


def guarded(call: Any, *arguments: Any, **more: Any) -> Any:
    """Call with any arguments: it may raise, but nothing that only a fault in C raises."""
    try:
        return call(*arguments, **more)
    except SystemError as error:
        raise Unallowed(f"SystemError of {getattr(call, '__name__', call)}") from error
    except Exception:  # noqa: BLE001  a hostile value may raise anything
        return None


def hostile_arguments(method: Any, rng: Random) -> list[Any]:
    names = signature(method)
    if names is None or rng.random() < 0.1:
        return [hostile.value(rng) for _ in range(rng.randrange(4))]
    made = []
    for name in names:
        if name == "x":
            made.append(hostile.features(rng))
        elif name == "y":
            made.append(rng.choice([True, False, hostile.value(rng)]))
        elif name == "p" and rng.random() < 0.5:
            made.append({False: hostile.value(rng), True: hostile.value(rng)})
        else:
            made.append(hostile.value(rng))
    return made


def call_any(part: Any, rng: Random, names: list[str]) -> None:
    memos: list[list[Any]] = []  # good ones, which values change while they are used
    hostile.Back.act = functools.partial(call_back, part, rng, names, memos)
    try:
        for _ in range(rng.randrange(1, 8)):
            call_one(part, rng, names, memos)
    finally:
        hostile.Back.act = None


def call_one(part: Any, rng: Random, names: list[str], memos: list[list[Any]]) -> None:
    name = rng.choice(names)
    method = guarded(getattr, part, name)
    if callable(method):
        more: dict[str, Any] = {}
        if name == "learn_one" and rng.random() < 0.4:
            more = rng.choice([{"w": hostile.value(rng)}, {"memo": hostile.memo(rng)}])
        if name in ("learn_one", "observe_one") and hasattr(part, "scores_one") and rng.random() < 0.2:
            answer = guarded(part.scores_one, {"a": 1.0, "b": 2.0, "c": "u"})
            if isinstance(answer, tuple):
                memos.append(list(answer[1]))
                more = {"memo": memos[-1]}
        guarded(method, *hostile_arguments(method, rng), **more)


def call_back(part: Any, rng: Random, names: list[str], memos: list[list[Any]]) -> None:
    """What a value or a part does in the middle of a call: another call, also one that sets the part up anew."""
    inside = guarded(lambda: [one for one in inner_models(part) if "streamimb" in type(one).__module__])
    target = rng.choice(inside or [part])
    what = rng.randrange(6)
    for memo in memos:
        memo[:] = rng.choice([[], memo, [None] * len(memo), [math.nan] * len(memo)])
    if what < 2:
        anew = rng.random() < 0.7
        guarded(lambda: target.__setstate__((target.clone() if anew else target).__getstate__()))
    elif what == 2:
        same = rng.random() < 0.7
        guarded(lambda: target.__init__(**(target._get_params() if same else {})))
    elif what == 3 and hasattr(target, "learn_one"):
        guarded(target.learn_one, {f"new{rng.random()}": 1.0 for _ in range(rng.choice([3, 40]))}, True)
    else:
        call_one(part, rng, names, [])


def state_input(part: Part, rng: Random) -> None:
    """A changed state is refused in words, or is one that works."""
    loaded: Any
    try:
        loaded = loads(mutated(rng, part.saved))
    except SnapshotError:
        return
    if type(loaded) is not part.kind:
        return  # the name of another class: what that may be is its own business
    made: Any = part.made()
    changed: Any = loaded
    if getattr(changed, "requires_x", False) and repr(changed._get_params()) != repr(made._get_params()):
        return  # it may read a field that good events do not have
    check(loaded, part.arguments, rng)
    for _ in range(3):
        teach(loaded, part.arguments, rng)
    check(loaded, part.arguments, rng)
    again = loads(dumps(loaded))
    check(again, part.arguments, rng)
    call_any(loaded, rng, part.protocol())


def protocol_input(part: Part, rng: Random) -> None:
    """What every user calls, with hostile values in any order: the part answers well afterwards."""
    made = part.made()
    call_any(made, rng, part.protocol())
    check(made, part.arguments, rng)
    for _ in range(3):
        teach(made, part.arguments, rng)
    check(made, part.arguments, rng)


def any_input(part: Part, rng: Random) -> None:
    """Any method at all, of an object that may not have been made properly: it does not crash."""
    kind: Any = part.kind
    made = part.made() if rng.random() < 0.6 else kind.__new__(kind)
    names = [name for name in dir(type(made)) if not name.startswith("_") or name in ALLOWED]
    call_any(made, rng, names)


def batch_input(part: Part, rng: Random) -> None:
    """Rows and frames with any columns, also equal ones."""
    made = part.made()
    names = [name for name in ("learn_rows", "learn_many", "predict_proba_many") if hasattr(made, name)]
    if not names:
        return protocol_input(part, rng)
    import numpy as np
    import pandas as pd

    n, rows = rng.choice([0, 1, 2, 5, 3_000]), rng.choice([0, 1, 4])
    columns = [hostile.name(rng) if rng.random() < 0.3 else rng.choice("abc") for _ in range(n)]
    if n and rng.random() < 0.3:
        odd = columns[-1] = hostile.ListName("z")
        odd.names = columns
    values = np.full((rows, n), rng.choice([1.0, np.nan, np.inf, 1e308]))
    ys = np.array([rng.random() < 0.5 for _ in range(rows + rng.choice([0, 0, 1]))], dtype=np.uint8)
    for _ in range(2):
        name = rng.choice(names)
        method = getattr(made, name)
        if name == "learn_rows":
            guarded(method, columns, values, ys, np.ones(len(ys)) * rng.choice([1.0, np.nan, -1.0]))
        elif name == "learn_many":
            guarded(method, guarded(pd.DataFrame, values, columns=columns), pd.Series(ys.astype(bool)))
        else:
            guarded(method, guarded(pd.DataFrame, values, columns=columns))
    check(made, part.arguments, rng)
    return None


def engine_input(part: Part, rng: Random) -> None:
    """An engine takes any records, and a changed state only whole."""
    if "predict_proba_one" not in part.arguments:
        return
    labels: Any = rng.choice([BothReported(ttl_s=50.0), PositivesReported(window_s=20.0)])
    make, known = engines(part, labels, rng)
    engine = make()
    good = {"a": 1.0, "b": 2.0, "c": "u", "amount": 9.5, "user": "v"}
    for i in range(20):
        engine.on_event(Event(f"e{i}", float(i), dict(good), rng.choice([None, *known])))
    rows = {key: row for key, row in engine.take_changes().items() if row is not None}
    snapshot = engine.snapshot()
    other = make()
    if rows and rng.random() < 0.3:
        key = rng.choice(sorted(rows))
        at = rng.randrange(len(rows[key]))
        rows[key] = rows[key][:at] + bytes([rng.randrange(256)]) + rows[key][at + rng.choice([0, 1]) :]
    elif b"pickle" not in snapshot and rng.random() < 0.7:
        snapshot = mutated(rng, snapshot)
    before = other.counters
    try:
        other.restore(snapshot, rows, force=rng.random() < 0.2)
    except SnapshotError:
        assert other.counters == before
    for _ in range(rng.randrange(1, 12)):
        id = rng.choice([f"e{rng.randrange(20)}", "new", hostile.value(rng)])
        t = rng.choice([float(rng.randrange(100)), hostile.value(rng)])
        y = rng.choice([None, *known, hostile.value(rng)])
        what = rng.randrange(6)
        if what < 3:
            said = other.on_event(Event(id, t, hostile.features(rng), y))
            assert isinstance(said, Rejection) or (isinstance(said, AnyScore) and 0.0 <= said.p <= 1.0)
        elif what == 3:
            other.on_label(Label(id, t, y))
        elif what == 4:
            other.on_time(t)
        else:
            other.on_rejection(Rejection(hostile.value(rng), "", id))
    list(other.readings())
    other.take_alarms()
    again = make()
    other._life.memory._changed = None  # as at the first call: all rows are given
    changes = {key: row for key, row in other.take_changes().items() if row is not None}
    again.restore(other.snapshot(), changes, force=True)


Input = Callable[[Part, Random], object]


def choose(part: Part, rng: Random) -> Input:
    """What is done with a part."""
    what = rng.randrange(20)
    if what < 10 and not part.foreign:
        return state_input
    if what < 14:
        return protocol_input
    if what < 17:
        return any_input
    return batch_input if what == 17 else engine_input


def run(first: int, last: int) -> None:
    """Run the inputs of these seeds."""
    parts = trained()
    for seed in range(first, last):
        part, rng = parts[seed % len(parts)], Random(seed)
        os.write(1, f"seed {seed} {part.name}\n".encode())
        signal.alarm(LONGEST_S)
        try:
            choose(part, rng)(part, rng)
        except Exception as error:  # noqa: BLE001  a finding: told, and the next one run
            told = f"{part.name}: {type(error).__name__}: {error}".encode(
                "ascii", "backslashreplace"
            ).decode()
            os.write(1, f"failed {seed} {told[:500]!r}\n".encode())
            if last - first == 1:
                traceback.print_exc()


def main(arguments: Sequence[str]) -> None:
    """Run the inputs from the first argument to before the second."""
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, also out of a loop in C
    run(int(arguments[0]), int(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
