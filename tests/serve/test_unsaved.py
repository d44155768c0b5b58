"""A model that cannot be saved any more: scores go on, the last checkpoint stays, and it is said where it ends."""

from collections.abc import Callable

import pytest

from streamimb.engine import SnapshotError
from tests.serve.in_memory import EVENTS, LABELS, Live, Service

WHY = "my_model.Model cannot be pickled (TypeError): Model.file is a TextIOWrapper"


def spoilt(service: Service, fails: Callable[[], bool]) -> Service:
    """A service whose engine gives no snapshot while `fails()`."""
    whole = service.engine.snapshot

    def snapshot() -> bytes:
        if fails():
            raise SnapshotError(WHY)
        return whole()

    vars(service.engine)["snapshot"] = snapshot
    return service


def test_it_goes_on_scoring_and_says_why_and_ends_loudly_with_the_last_checkpoint_kept():
    service = spoilt(Service(), lambda: service.status.checkpoints >= 3)
    with pytest.raises(
        SnapshotError, match=r"TextIOWrapper.*are not committed; they are read again at the next start"
    ):
        service.runner.run()
    assert len(service.scores.written) == len(EVENTS)  # all that came in was scored
    assert not service.status.ready
    assert WHY in service.status.why["state"]
    assert service.store.commits == 3
    state = service.state
    # Nothing was lost: the next start goes on from the third checkpoint and comes to the end of an undisturbed run.
    again = Service(service.store)
    assert again.runner.run() == "ended"
    undisturbed = Service()
    undisturbed.runner.run()
    assert again.state == undisturbed.state != state


def test_one_that_can_be_saved_again_catches_up():
    service = spoilt(Service(), lambda: service.status.checkpoints >= 1 and len(service.scores.written) < 300)
    assert service.runner.run() == "ended"
    undisturbed = Service()
    undisturbed.runner.run()
    assert service.state == undisturbed.state
    assert service.status.waits == 1
    assert service.status.ready is False  # it ended
    assert service.status.away == {}


def test_a_stop_ends_it_at_once():
    service = spoilt(
        Service(sources=[Live("events", {0: EVENTS}), Live("labels", {0: LABELS})], merge_wait_s=0.0),
        lambda: True,
    )
    for source in service.sources:
        source.ends = False

    def stop() -> None:
        if len(service.scores.written) >= 200:
            service.runner.stop()

    service.on_tick = stop
    with pytest.raises(SnapshotError, match="next start"):
        service.runner.run()
    assert len(service.scores.written) >= 200
    assert service.state is None


def test_memory_stays_bounded_while_it_cannot_be_saved():
    service = spoilt(Service(uncommitted_n=150), lambda: True)
    service.on_tick = lambda: service.clock.sleep(100.0)  # longer than any pause between attempts
    with pytest.raises(SnapshotError):
        service.runner.run()
    assert 150 < len(service.scores.written) < len(EVENTS)
