"""The first inputs of `make soak`, about a minute of them; and that the fuzzer sees what it is there for."""

from __future__ import annotations

import pytest

from tests.fuzz import soak
from tests.fuzz.parts import classes, makers

INPUTS = 5_000


def test_no_crash_no_hang_no_silent_acceptance() -> None:
    found = soak.soak(0, INPUTS, 2)
    assert not found, "\n".join(map(str, found))


def test_every_part_of_the_public_rooms_is_taken() -> None:
    names = [name for name, _ in makers()]
    for name, _ in classes():
        assert f"{name} 0" in names
    assert len(names) >= 25


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import ctypes; ctypes.string_at(0)", "died of SIGSEGV"),
        ("signal.alarm(1)\nwhile True: pass", "does not end"),
        ("sys.exit(3)", "exited with 3"),
        ("bytes(8 << 30)", "MemoryError"),
        ("raise child.SnapshotError('odd')", "SnapshotError: odd"),
    ],
)
def test_what_goes_wrong_is_found_with_its_seed(
    code: str, what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """A child whose inputs do one thing at the seed 3, and nothing otherwise."""
    body = "\n".join(f"        {line}" for line in code.splitlines())
    script = (
        "import signal, sys\n"
        "from tests.fuzz import child\n"
        "def odd(part, rng):\n"
        f"    if rng.getstate()[1] == child.Random(3).getstate()[1]:\n{body}\n"
        "child.choose = lambda part, rng: odd\n"
        "child.main([sys.argv[-2], sys.argv[-1]])\n"
    )
    monkeypatch.setattr(soak, "CHILD", ["-c", script])
    (finding,) = soak.block(0, 6)
    assert finding.seed == 3
    assert what in finding.what
    assert "--first 3" in str(finding)
