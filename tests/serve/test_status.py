from streamimb.serve import (
    Status,
)


def test_status_says_what_is_waited_for():
    status = Status()
    assert not status.ready
    status.open = True
    assert status.ready
    assert status.waiting_since is None
    status.wait("scores", 5.0, "gone")
    status.wait("scores", 6.0, "refused")
    status.wait("events", 7.0, "gone")
    assert (status.ready, status.waiting_since, status.waits) == (False, 5.0, 2)
    status.back("scores")
    status.back("scores")
    assert status.waiting_since == 7.0
    assert status.why == {"scores": "refused", "events": "gone"}
    status.back("events")
    assert status.ready


def test_a_reason_is_shown_without_secrets():
    status = Status(lambda text: text.replace("hunter2", "***"))
    status.wait("scores", 5.0, "no connection to hunter2:9092")
    assert status.why["scores"] == "no connection to ***:9092"
