"""Reads of another thread never see half an update, and no order of nested calls waits for itself."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from streamimb._kernels.update_gate import UpdateGate

LONGEST_S = 20.0


@pytest.fixture(autouse=True)
def switching() -> Iterator[None]:
    """Threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def finished(work: Callable[[], None]) -> bool:
    """Whether work on a thread of its own comes to its end."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(LONGEST_S)
    return not thread.is_alive()


def test_readers_never_see_half_an_update() -> None:
    gate, pair, stop = UpdateGate(), [0, 0], threading.Event()
    wrong: list[tuple[int, ...]] = []
    reads = [0, 0]

    def read(who: int) -> None:
        while not stop.is_set():
            with gate:
                a = pair[0]
                time.sleep(0)
                b = pair[1]
            reads[who] += 1
            if a != b:
                wrong.append((a, b))

    readers = [threading.Thread(target=read, args=(who,), daemon=True) for who in range(2)]
    for thread in readers:
        thread.start()
    end, updates = time.monotonic() + 1.0, 0
    while time.monotonic() < end or not (updates > 100 and min(reads) > 3):
        assert time.monotonic() < end + LONGEST_S, (updates, reads)
        gate.begin()
        try:
            pair[0] += 1
            sum(range(50))  # another thread may run here
            pair[1] += 1
        finally:
            gate.end()
        updates += 1
    stop.set()
    for thread in readers:
        thread.join(LONGEST_S)
        assert not thread.is_alive()
    assert wrong == []


def test_a_read_inside_an_update_does_not_wait_even_beside_another_reader() -> None:
    gate, inside = UpdateGate(), threading.Event()

    def wait_and_read() -> None:
        inside.wait(LONGEST_S)
        _read(gate)

    other = threading.Thread(target=wait_and_read, daemon=True)
    other.start()

    def update() -> None:
        gate.begin()
        inside.set()
        time.sleep(0.02)  # the other reader waits for the end of this update now
        with gate, gate:
            pass
        gate.end()

    assert finished(update)
    other.join(LONGEST_S)
    assert not other.is_alive()


def _read(gate: UpdateGate) -> None:
    with gate:
        pass


def test_an_update_inside_a_read_or_an_update_does_not_wait() -> None:
    gate = UpdateGate()

    def nested() -> None:
        with gate:
            gate.begin()
            gate.begin()
            with gate:
                pass
            gate.end()
            gate.end()

    assert finished(nested)
    assert finished(lambda: _read(gate))


def test_an_update_waits_for_a_reader() -> None:
    gate, reading, go, updated = UpdateGate(), threading.Event(), threading.Event(), threading.Event()

    def read() -> None:
        with gate:
            reading.set()
            go.wait(LONGEST_S)

    def update() -> None:
        gate.begin()
        updated.set()
        gate.end()

    for work in (read, update):
        threading.Thread(target=work, daemon=True).start()
        assert reading.wait(LONGEST_S)
    assert not updated.wait(0.05)
    go.set()
    assert updated.wait(LONGEST_S)


def test_a_reader_that_raises_lets_the_next_update_go_on() -> None:
    gate = UpdateGate()

    def update() -> None:
        gate.begin()
        gate.end()

    with pytest.raises(KeyError), gate:
        raise KeyError
    assert finished(update)
