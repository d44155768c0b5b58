from __future__ import annotations

import dataclasses
import sys
import threading

from streamimb.engine import Counters, label_identity
from streamimb.engine.counters import LABEL_ENDS


def test_the_ends_of_labels_are_counters() -> None:
    assert set(LABEL_ENDS) <= {field.name for field in dataclasses.fields(Counters)}
    assert len(set(LABEL_ENDS)) == len(LABEL_ENDS)


def test_the_identity_notices_a_label_counted_twice() -> None:
    counters = {"labels": 2, "joined": 1, "late": 1, "held": 0, "waiting": 0}
    assert label_identity(counters) == (2, 2)
    read, ended = label_identity({**counters, "duplicate": 1})
    assert read != ended


def test_rejections_are_counted_by_reason() -> None:
    counters = Counters()
    for reason in ("decode", "no_id", "decode"):
        counters.reject(reason)
    assert counters.rejected == {"decode": 2, "no_id": 1}


def test_a_scrape_may_ask_while_reasons_come_and_go() -> None:
    counters = Counters()
    assert counters.plain() == dataclasses.asdict(counters)
    stop, interval = threading.Event(), sys.getswitchinterval()

    def count() -> None:
        while not stop.is_set():
            for i in range(200):
                counters.reject(f"reason {i}")
            counters.rejected.clear()

    thread = threading.Thread(target=count)
    sys.setswitchinterval(1e-6)
    try:
        thread.start()
        for _ in range(2_000):
            counters.plain()  # asdict() raises here: the dict changed size
    finally:
        stop.set()
        thread.join()
        sys.setswitchinterval(interval)
    assert counters.plain()["rejected"] is not counters.rejected
