from __future__ import annotations

import os
import resource
from typing import Literal

import pytest

from streamimb._kernels.large_buffer import HUGE_PAGE, zeros


@pytest.mark.parametrize("kind", ["d", "q", "Q"])
@pytest.mark.parametrize("size", [0, 1, 1000, HUGE_PAGE // 8, HUGE_PAGE // 8 + 3])
def test_a_buffer_of_any_size_holds_zeros_that_can_be_written(
    kind: Literal["d", "q", "Q"], size: int
) -> None:
    buffer = zeros(kind, size)
    assert len(buffer) == size
    assert bytes(buffer) == bytes(8 * size)
    if size:
        buffer[size - 1] = 7
        assert buffer[size - 1] == 7


def test_a_forked_child_does_not_write_into_the_buffer_of_its_parent() -> None:
    buffer = zeros("d", HUGE_PAGE // 4)
    child = os.fork()
    if child == 0:
        buffer[0] = 1.0
        os._exit(0)
    os.waitpid(child, 0)
    assert buffer[0] == 0.0


def test_the_first_writes_wait_for_no_huge_page() -> None:
    """One event took up to 80 ms, in which the system made huge pages. Each of 100 small pages is one fault."""
    buffer = zeros("d", HUGE_PAGE // 4)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for place in range(512, 512 * 101, 512):
        buffer[place] = 1.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before >= 100
