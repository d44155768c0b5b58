"""`run` and `replay`: runs the service of a configuration until its inputs end or a signal stops it.

It opens the state first, so that a second process on it exits before it changes anything.
"""

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, chdir, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import msgspec
from rich.console import Console
from rich.live import Live

from streamimb.cli import build, figures, log, trial
from streamimb.cli.rejections import Rejections
from streamimb.config import Config, ConfigError, load
from streamimb.connections import Exporter, Source
from streamimb.engine import Engine
from streamimb.serve import Degraded, Runner, SqliteStore, Status

_log = logging.getLogger("streamimb.cli")


def serve(
    path: Path, *, replay: bool, state: Path | None, force: bool, as_json: bool, new: bool = False
) -> int:
    """Runs the service; returns the exit code. After SIGTERM or SIGINT it drains, commits and returns 0."""
    config = load(path)
    state = (
        None if state is None else state.absolute()
    )  # from the command line, so relative to the working directory
    with chdir(config.folder):
        return _serve(config, state, replay=replay, force=force, as_json=as_json, new=new)


def _serve(config: Config, state: Path | None, *, replay: bool, force: bool, as_json: bool, new: bool) -> int:
    if as_json:
        check_stdout(config, replay=replay)
    limit = log.set_up(config.log.level, config.log.same_per_minute, config.redact)
    status = Status(config.redact)
    with ExitStack() as closing:
        store = closing.enter_context(SqliteStore(state or config.state.path))
        engine = build.engine(config, replay=replay)
        saved = store.load()
        if saved is not None:
            if new:
                raise ConfigError(
                    f"[state] '{store.path}' holds a state already: leave out --new to go on with it, "
                    "or move it away"
                )
            build.restored(
                engine, saved.snapshot, saved.rows, force=force, allow_pickle=build.pickles(config)
            )
            if not force:
                check_positions(config, list(saved.positions), replay=replay)
        trial.check(engine, allow_pickle=build.pickles(config))  # before any output is touched
        rejections = Rejections(status, config.dead_letters)
        degraded = Degraded([engine, status, rejections])
        shown = partial(figures.service, engine, status, degraded)
        exporters = []
        for connector in (
            () if replay else config.exporters
        ):  # a service may run beside a replay, and uses the ports
            exporters.append(exporter := build.exporter(connector, engine, status, degraded, shown))
            closing.callback(exporter.close)
            exporter.start()
            _log.info("exporter %s at %s", connector.name, exporter.address)
        # before the sinks, so that a refusal leaves the outputs unchanged
        sources, decoders = build.sources(config, replay=replay), build.decoders(config, replay=replay)
        scores, dead_letters, alarms = build.sinks(config, replay=replay)
        runner = Runner(
            engine,
            sources,
            decoders,
            scores,
            dead_letters,
            store,
            {} if saved is None else saved.positions,
            alarms=alarms,
            identities={} if saved is None else saved.identities,
            check=refuse_committed if saved is None and not new and not replay else _accept,
            tells=not replay,  # the offsets of a group belong to the service, which may be running
            checkpoint_s=config.state.checkpoint_s,
            checkpoint_events=config.state.checkpoint_events,
            merge_wait_s=None if replay else config.run.merge_wait_s,
            silence_s=config.run.silence_s,
            poll_s=config.run.poll_s,
            status=status,
            tick=_tick(engine, rejections, degraded, exporters),
        )
        degraded.look()  # a saved state may be degraded already
        with _stopping(runner), _shown(engine, status, degraded):
            _log.info("started at model version %d", engine.model_version)
            # Imported and restored objects live as long as the service, so garbage collection need not visit them.
            gc.collect()
            gc.freeze()
            closing.callback(gc.unfreeze)
            ended = runner.run()
        log_revisions(engine)
        rejections.look(enough=1)
        degraded.look()
        _log.info("%s at model version %d: %s", ended, engine.model_version, figures.handled(status))
        for name, count in limit.left_out().items():
            _log.warning("%d more messages of %s were left out", count, name)
        if as_json:
            sys.stdout.write(msgspec.json.encode(shown()).decode() + "\n")
    return 0


def check_positions(config: Config, stored: list[str], *, replay: bool) -> None:
    """Refuses a state with which an input would be read again from its start.

    Raises
    ------
    ConfigError
        The input was renamed, or `run` has read an input that is another one in `replay`; the message names it.

    """
    names = [source.connector.name for source in config.sources]
    for name in stored:
        if name.removesuffix(".replay") not in names:
            raise ConfigError(
                f"[source] the saved state has positions of '{name}', which is not among {', '.join(names)}: "
                "call it as before, or let it go (--force)"
            )
    for source in config.sources:
        name, replayed = source.connector.name, source.connector.replayed().name
        if replayed == name:
            continue
        if replay and name in stored:
            raise ConfigError(
                f"[source.{name}] `run` has read it into the state, and `replay` would read it from its start "
                "again: give the replay a state of its own (--state)"
            )
        if not replay and replayed in stored and name not in stored:
            _log.warning("[source.%s] was read into this state by `replay` only: now from its start on", name)


def refuse_committed(source: Source) -> None:
    """Refuses a new state for a source whose positions an earlier state has committed outside.

    Raises
    ------
    ConfigError
        There are such positions; the message names them and the source.
    Unavailable
        While the source cannot be reached.

    """
    committed = source.committed_outside()
    if committed:
        told = ", ".join(f"{partition}: {at}" for partition, at in sorted(committed.items())[:5])
        raise ConfigError(
            f"[source.{source.name}] its group has committed offsets (by partition {told}), but the state is new: "
            "the state that they belong to was lost or moved. Bring it back, or start anew with run --new"
        )


def check_stdout(config: Config, *, replay: bool) -> None:
    """Refuses to print figures to stdout where a sink writes to it.

    Raises
    ------
    ConfigError
        A sink writes to stdout; the message names it.

    """
    for output in (config.scores, config.dead_letters, config.alarms):
        path = (output.replayed() if replay else output).options.get("path")
        if isinstance(path, str) and _is_stdout(path):
            raise ConfigError(
                f"[sink.{output.name}] path is '{path}', which is stdout, and --json prints there too: "
                "give another file, or leave out --json"
            )


def _is_stdout(path: str) -> bool:
    return path == "-" or (os.path.exists(path) and os.path.samefile(path, 1))


@contextmanager
def _stopping(runner: Runner) -> Iterator[None]:
    """The first signal stops the runner regularly, the second one immediately."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        runner.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _shown(engine: Engine, status: Status, degraded: Degraded) -> Iterator[None]:
    """Shows a live table on a terminal; elsewhere nothing."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    rate = events_rate(status)
    live = Live(
        get_renderable=lambda: figures.table(engine, status, degraded, rate()),
        console=console,
        refresh_per_second=2,
        redirect_stdout=False,
    )
    with live:
        yield


def events_rate(status: Status, clock: Callable[[], float] = time.monotonic) -> Callable[[], float]:
    """Return a function that returns the events per second since its last call."""
    last = [clock(), status.events]

    def rate() -> float:
        now, events = clock(), status.events
        passed, seen = now - last[0], events - last[1]
        last[:] = [now, events]
        return seen / passed if passed > 0 else 0.0

    return rate


def _tick(
    engine: Engine, rejections: Rejections, degraded: Degraded, exporters: Iterable[Exporter]
) -> Callable[[], None]:
    """Return a tick that also logs degraded reasons, revisions of the schema, and what model, metrics and rule raise.

    None of these errors contains a value of a feature.
    """
    logged = logged_decision = ""
    logged_metrics: dict[str, str] = {}
    logged_detectors: dict[str, str] = {}

    def tick_and_log() -> None:
        nonlocal logged, logged_decision
        for name, error in engine.metrics.others.errors.items():
            if logged_metrics.get(name) != error:
                logged_metrics[name] = error
                _log.warning("[metric.%s] %s (metric_failures)", name, error)
        for name, error in engine.watching.detecting.errors.items():
            if logged_detectors.get(name) != error:
                logged_detectors[name] = error
                _log.warning("[drift.%s] %s (detector_failures)", name, error)
        deciding = engine.deciding
        if deciding is not None and deciding.last_error != logged_decision:
            logged_decision = deciding.last_error
            _log.warning(
                "[decision] %s: where it raises or gives no threshold, the event is not acted on (decision_failed)",
                logged_decision,
            )
        if engine.last_error != logged:
            logged = engine.last_error
            _log.warning(
                "the model raises %s: such events are rejected as poison, or not learned (learn_failed)",
                logged,
            )
        log_revisions(engine)
        rejections.look()
        degraded.look()
        for exporter in exporters:
            exporter.tick()

    return tick_and_log


def log_revisions(engine: Engine) -> None:
    """Logs how the guard revised the inferred schema since the last call."""
    for revision in engine.model.take_revisions():
        _log.info("%s", revision)


def _accept(source: Source) -> None:
    """The check of a source whose positions are in the state: nothing to check."""
