"""Reasons of several parts are joined, and each is logged once when it comes and once when it goes."""

import logging

from streamimb.serve import Degraded


class Part:
    def __init__(self) -> None:
        self.degraded: dict[str, str] = {}


def test_reasons_are_joined_logged_on_entry_and_on_exit_and_remembered(caplog):
    caplog.set_level(logging.INFO)
    engine, runner = Part(), Part()
    degraded = Degraded([engine, runner])
    degraded.look()
    assert (degraded.reasons, degraded.entered, caplog.messages) == ({}, (), [])
    runner.degraded = {"silent": "an input is silent: look at it"}
    engine.degraded = {"orphans": "2 % of labels find no event: raise hold_s"}
    degraded.look()
    assert list(degraded.reasons.items()) == [*engine.degraded.items(), *runner.degraded.items()]
    degraded.look()
    engine.degraded = {"orphans": "3 % of labels find no event: raise hold_s"}
    degraded.look()  # the sentence is of now, and no second entry
    assert degraded.reasons["orphans"].startswith("3 %")
    engine.degraded = {}
    kept = degraded.reasons
    degraded.look()
    assert "orphans" in kept  # a reader on another thread has a whole one
    assert degraded.reasons == runner.degraded
    assert degraded.entered == ("orphans", "silent")
    engine.degraded = {"orphans": "2 % of labels find no event: raise hold_s"}
    degraded.look()
    assert sorted(caplog.messages[:2]) == [
        "degraded: orphans: 2 % of labels find no event: raise hold_s",
        "degraded: silent: an input is silent: look at it",
    ]
    assert caplog.messages[2:] == [
        "no longer degraded: orphans",
        "degraded: orphans: 2 % of labels find no event: raise hold_s",
    ]
    assert {record.levelname for record in caplog.records} == {"WARNING"}
