import pytest

from streamimb.serve import Backoff


def test_waits_double_up_to_the_longest_with_jitter():
    backoff = Backoff(0.1, 5.0, seed=3)
    waits = [backoff.next_s() for _ in range(20)]
    for i, wait in enumerate(waits):
        most = min(0.1 * 2**i, 5.0)
        assert most / 2 <= wait <= most
    assert len(set(waits)) == 20


def test_a_success_starts_over_and_a_seed_repeats():
    one, other = Backoff(seed=1), Backoff(seed=1)
    assert [one.next_s() for _ in range(9)] == [other.next_s() for _ in range(9)]
    one.reset()
    assert one.next_s() <= 0.1


@pytest.mark.parametrize(("first_s", "longest_s", "word"), [(0.0, 1.0, "first_s"), (2.0, 1.0, "longest_s")])
def test_wrong_waits_say_what_to_give(first_s, longest_s, word):
    with pytest.raises(ValueError, match=word):
        Backoff(first_s, longest_s)
