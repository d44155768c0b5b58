import logging

import pytest

from streamimb.connections import Unavailable
from streamimb.serve import Status
from streamimb.serve.retry import Retry
from tests.serve.in_memory import EVENTS, LABELS, Flaky, FullStore, Live, N, Service


@pytest.mark.parametrize(
    "away",
    [{"sends": [45]}, {"flushes": [1]}, {"flushes": [2, 3, 4]}, {"sends": [45, 70], "flushes": [3]}],
)
def test_an_output_that_is_away_is_waited_for_and_nothing_is_lost(uninterrupted, away, caplog):
    scores = Flaky(**away)
    seen: list[dict[str, float]] = []
    service = Service(scores=scores)
    service.on_sleep = lambda: seen.append(service.status.away)
    with caplog.at_level(logging.WARNING):
        service.runner.run()
    assert scores.written == uninterrupted.written()  # in order, none twice: the sink forgot what it had
    assert service.state == uninterrupted.state
    assert service.status.resent > 0
    assert all(list(names) == ["sink.scores"] for names in seen)
    assert bool(seen) == ("flushes" in away)
    assert service.status.away == {}
    assert [r for r in caplog.messages if "sink.scores is away" in r] != [] or not seen
    assert sum("away" in r for r in caplog.messages) == service.status.waits  # once an outage


def test_an_input_that_is_away_is_waited_for_and_nothing_is_lost(uninterrupted):
    sources = [Live("events", {0: EVENTS}, 50, away=[1, 2, 5]), Live("labels", {0: LABELS}, 50, away=[3])]
    sources[0].away_at_open = 3
    waited: list[tuple[bool, float | None]] = []
    service = Service(sources=sources)
    status = service.status
    service.on_sleep = lambda: waited.append((status.ready, status.waiting_since))
    service.runner.run()
    assert service.state == uninterrupted.state
    assert sources[0].opens == 4
    assert status.waits == 4  # at open, and three outages while running
    assert (False, 100.0) in waited


def test_the_other_inputs_go_on_while_one_is_away():
    labels = Live("labels", {0: LABELS}, 50, away=range(10_000))
    labels.ends = False
    service = Service(sources=[Live("events", {0: EVENTS}), labels], merge_wait_s=0.0)

    def tick() -> None:
        if service.status.events == N and len(service.clock.slept) > 200:
            service.runner.stop()

    service.on_tick = tick
    assert service.runner.run() == "stopped"
    assert service.status.scores == N
    assert list(service.status.away) == ["source.labels"]
    assert labels.polls < 25  # 200 sleeps of 50 ms are 10 s, with waits up to 5 s between


def test_fault_58_a_full_disk_is_waited_for_while_scoring_goes_on(uninterrupted):
    store = FullStore(away=[2, 3, 4])
    ready: list[bool] = []
    service = Service(store)

    def tick() -> None:
        ready.append(service.status.ready)
        service.clock.sleep(0.1)

    service.on_tick = tick
    service.runner.run()
    assert service.state == uninterrupted.state
    assert service.written() == uninterrupted.written()
    assert False in ready
    assert ready[-1]
    assert service.status.waits == 1
    assert store.commits < 8


def test_a_store_away_for_too_many_changes_stops_the_rest(uninterrupted):
    store = FullStore(away=[1, 2, 3, 4, 5])
    most: list[int] = []
    service = Service(store, uncommitted_n=10)
    service.on_tick = lambda: most.append(service.status.uncommitted)
    service.runner.run()
    assert service.state == uninterrupted.state
    assert max(most) <= 100
    assert store.attempts == 5 + service.status.checkpoints


def test_fault_71_stop_gives_up_on_an_output_that_stays_away():
    scores = Flaky(flushes=range(3, 100_000))
    service = Service(scores=scores, grace_s=10.0)

    def on_sleep() -> None:
        if service.clock.now > 150:
            service.runner.stop()

    service.on_sleep = on_sleep
    with pytest.raises(Unavailable, match=r"sink\.scores was away for grace_s=10\.0"):
        service.runner.run()
    assert 160 <= service.clock.now < 167
    committed = service.state[1]["events"][0] if service.state else 0
    assert committed <= len(scores.written)
    again = Service(service.store)
    again.runner.run()
    assert {key for key, _ in scores.written + again.scores.written} == {f"e{i}".encode() for i in range(N)}


def test_stop_while_opening_returns_at_once():
    source = Live("events", {0: EVENTS})
    source.away_at_open = 10**9
    service = Service(sources=[source])
    service.on_sleep = service.runner.stop
    assert service.runner.run() == "stopped"
    assert service.state is None


def test_an_outage_that_ends_in_a_refusal_is_told_anew(caplog):
    status = Status()
    retry = Retry(status, 1.0, lambda: None, lambda: 5.0, lambda s: None)
    for why in ("no connection", "no connection", "credentials refused", "credentials refused"):
        retry.away("source.payments", Unavailable(why))
    assert [message.rpartition(": ")[2] for message in caplog.messages] == [
        "no connection",
        "credentials refused",
    ]
    retry.back("source.payments")
    retry.away("source.payments", Unavailable("credentials refused"))
    assert len(caplog.messages) == 4
    assert status.waits == 2
