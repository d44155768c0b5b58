"""`doctor`: tests everything that a configuration uses, and prints one table.

It reads up to a hundred records of each input, and writes and commits nothing. The tables `[source.<name>.replay]` and
`[sink.<name>.replay]` are tested too. Findings contain names and counts, never the value of a field.
"""

import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack, chdir
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table

import streamimb
from streamimb import catalogue
from streamimb.cli import build, log, trial
from streamimb.cli.as_text import as_text
from streamimb.cli.service import check_positions, refuse_committed
from streamimb.compose import GuardedClassifier
from streamimb.config import Config, ConfigError, Connector, Factory, load
from streamimb.connections import Record, Saved, Source, Unavailable
from streamimb.engine import Engine
from streamimb.engine.roles import Roles
from streamimb.events import Event, Label, Rejection
from streamimb.serve import Decoder, Degraded, SqliteStore, Status, StoreError, StoreLockedError

SAMPLE_N = 100
SAMPLE_S = 5.0
LEAST_FREE_BYTES = 1 << 30
Verdict = Literal["ok", "warning", "retry", "wrong"]
VERDICTS: dict[str, Verdict] = {
    "broker": "retry",
    "clock": "warning",
}  # verdict where it is not in order; "wrong" for all others
STYLES = {"ok": "green", "warning": "yellow", "retry": "magenta", "wrong": "red"}


class Finding(NamedTuple):
    """One line of the table."""

    what: str
    verdict: Verdict
    detail: str


def examine(path: Path, *, as_json: bool) -> int:
    """Prints the findings; returns 2 where something is wrong, 75 where it may be right later, else 0."""
    findings = look(path)
    if as_json:
        sys.stdout.write(msgspec.json.encode([finding._asdict() for finding in findings]).decode() + "\n")
    else:
        table = Table("what", "verdict", "detail", title=str(path), title_justify="left")
        for what, verdict, detail in findings:
            table.add_row(as_text(what), f"[{STYLES[verdict]}]{verdict}[/]", as_text(detail))
        Console().print(table)
    verdicts = {finding.verdict for finding in findings}
    return 2 if "wrong" in verdicts else 75 if "retry" in verdicts else 0


def look(path: Path) -> list[Finding]:
    """All findings, in the order in which a service would find them."""
    try:
        config = load(path)
    except ConfigError as error:
        return [Finding("configuration", "wrong", str(error))]
    log.set_up("error", 20, config.redact)
    findings = [
        Finding(
            "configuration",
            "ok",
            f"{_counted(len(config.sources), 'input')}, regime {config.labels.regime}{_classes(config)}",
        )
    ]
    native: Verdict = "ok" if streamimb.__native__ else "warning"
    findings.append(
        Finding("kernels", native, "compiled" if streamimb.__native__ else "interpreted: 40 times slower")
    )
    with chdir(config.folder):
        engine, finding = _engine(config)
        findings.append(finding)
        findings += _parts()
        findings += _disk(Path(config.state.path))
        if engine is not None:
            finding, saved = _state(config, engine)
            in_use = finding.verdict == "retry"
            findings.append(finding)
            fresh = saved is None and finding.verdict == "ok"
            findings += _inputs(config, engine, saved, fresh=fresh, replay=False)
            if any(source.connector.replay for source in config.sources):
                findings += _inputs(config, engine, saved, fresh=False, replay=True)
            findings += _outputs(config, in_use=in_use)
            findings += _exporters(config, engine, in_use=in_use)
    return [Finding(what, verdict, config.redact(detail)) for what, verdict, detail in findings]


def _classes(config: Config) -> str:
    classes = build.classes_of(config)
    return f", {len(classes)} classes" if classes else ""


def _counted(n: int, what: str) -> str:
    """A number of things in words."""
    return f"{n:,} {what}{'s' * (n != 1)}"


def _engine(config: Config) -> tuple[Engine | None, Finding]:
    try:
        engine = build.engine(config, replay=False)
        trial.check(engine, allow_pickle=build.pickles(config))
    except ConfigError as error:
        return None, Finding("model", "wrong", str(error))
    fields = len(config.schema)
    schema = f"schema of {_counted(fields, 'field')}" if fields else "schema learned from a warm-up"
    schema += f", {_counted(len(config.roles), 'column')} with a role" if config.roles else ""
    return engine, Finding("model", "ok", f"{_model(config)}; {schema}")


def _model(config: Config) -> str:
    """The parts of the model, by their names in the configuration."""
    if isinstance(config.model, Factory):
        return config.model.factory
    learner = config.model.learner
    names = [learner.factory] if isinstance(learner, Factory) else []
    names += [choice.type for choice in config.model.choices]
    return f"recipe {config.model.recipe}: {', '.join(names)}"


def _parts() -> list[Finding]:
    """Parts of installed packages that cannot be loaded."""
    return [Finding(f"part {name}", "warning", why) for name, why in catalogue.broken().items()]


def _disk(path: Path) -> list[Finding]:
    folder = path.absolute().parent
    if not folder.is_dir():
        return [Finding("disk", "wrong", f"[state] path: there is no directory '{folder}': make it")]
    if not os.access(folder, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.R_OK | os.W_OK)):
        return [
            Finding(
                "disk", "wrong", f"[state] path: '{path}' or its directory may not be written: give rights"
            )
        ]
    free = shutil.disk_usage(folder).free
    verdict: Verdict = "ok" if free >= LEAST_FREE_BYTES else "warning"
    return [Finding("disk", verdict, f"{free / (1 << 30):.1f} GiB free in '{folder}'")]


def _state(config: Config, engine: Engine) -> tuple[Finding, Saved | None]:
    if not Path(config.state.path).exists():
        return Finding("state", "ok", "none yet: a new one will be started"), None
    try:
        with SqliteStore(config.state.path) as store:
            saved = store.load()
        if saved is None:
            return Finding("state", "ok", "empty"), None
        allow_pickle = build.pickles(config)
        changes = build.restored(engine, saved.snapshot, saved.rows, force=False, allow_pickle=allow_pickle)
        check_positions(config, list(saved.positions), replay=False)
        trial.check(engine, allow_pickle=allow_pickle)
    except (StoreLockedError, Unavailable) as error:
        return Finding("state", "retry", str(error)), None
    except (StoreError, ConfigError) as error:
        return Finding("state", "wrong", str(error)), None
    detail = f"model version {engine.model_version:,}, {_counted(len(saved.rows), 'row')}"
    if changes:
        detail += f"; the next start changes {'; '.join(changes)}"
    return Finding("state", "ok", detail), saved


def _inputs(
    config: Config, engine: Engine, saved: Saved | None, *, fresh: bool, replay: bool
) -> list[Finding]:
    """Findings about the inputs of `run`, or about those of `replay` that have a table of their own."""
    try:
        sources = build.sources(config, replay=replay)
        decoders = build.decoders(config, replay=replay)
    except ConfigError as error:
        return [Finding("inputs of replay" if replay else "inputs", "wrong", str(error))]
    findings = []
    for source, table in zip(sources, config.sources, strict=True):
        if replay and not table.connector.replay:
            continue
        what = f"input {source.name}"
        told = _asked(what, table.connector.replayed() if replay else table.connector)
        findings += told
        if any(finding.verdict in ("retry", "wrong") for finding in told):
            continue
        try:
            positions = {} if saved is None else saved.positions.get(source.name, {})
            identity = b"" if saved is None else saved.identities.get(source.name, b"")
            check = refuse_committed if fresh else None
            records, again = sample(source, positions, identity, time.monotonic, check)
        except Unavailable as error:
            findings.append(Finding(what, "retry", str(error)))
        except ValueError as error:
            findings.append(Finding(what, "wrong", str(error)))
        else:
            if again:
                command = "replay" if replay else "run"
                detail = f"it was replaced since the state was saved: `{command}` reads it from its start"
                findings.append(Finding(f"{what}: position", "warning", detail))
            roles = Roles(config.roles, engine.model)
            clock = config.engine.skew_s, time.time()
            findings += read(what, records, decoders[source.name], engine.model, roles, *clock)
    return findings


def _asked(what: str, connector: Connector) -> list[Finding]:
    """The connector's own findings."""
    try:
        found = build.diagnosis(connector)
    except ConfigError as error:  # such as an extra that is not installed
        return [Finding(what, "wrong", str(error))]
    findings = []
    for part, well, detail in found:
        verdict: Verdict = "ok" if well else VERDICTS.get(part, "wrong")
        findings.append(Finding(f"{what}: {part}", verdict, detail))
    return findings


def sample(
    source: Source,
    positions: Mapping[int, int],
    identity: bytes,
    clock: Callable[[], float],
    check: Callable[[Source], None] | None,
) -> tuple[list[Record], bool]:
    """Up to a hundred records from where a service would continue, and whether it would start over."""
    records: list[Record] = []
    until = clock() + SAMPLE_S
    try:
        begun = source.open(positions, identity)
        if check is not None:
            check(source)
        while len(records) < SAMPLE_N and clock() < until and source.waiting():
            records.extend(source.poll(0.2))
    finally:
        source.close()
    return records[:SAMPLE_N], any(at < positions.get(number, 0) for number, at in begun.items())


def read(
    what: str,
    records: list[Record],
    decoder: Decoder,
    model: GuardedClassifier,
    roles: Roles,
    skew_s: float,
    now: float,
) -> list[Finding]:
    """Findings of decoder and guard about a sample, and whether its clock agrees with this machine's."""
    if not records:
        return [Finding(what, "ok", "open; no record to look at")]
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    newest = max(record.t for record in records)
    for record in records:
        decoded = decoder.decode(record)
        if isinstance(decoded, Event):
            counts["events"] += 1
            x, _, unusable = roles.split(decoded.x, record.t)
            checked = model.check_one(x)
            reasons.update([*checked.reasons, *unusable])
            if not checked.learnable:
                counts["events that would not be learned"] += 1
            if isinstance(decoded.y, Rejection):
                counts["labels of events that cannot be read"] += 1
                reasons[f"{decoded.y.reason}:{decoded.y.field}"] += 1
        elif isinstance(decoded, Label):
            counts["labels"] += 1
        elif isinstance(decoded, Rejection):
            counts["rejected"] += 1
            reasons[f"{decoded.reason}:{decoded.field}" if decoded.field else decoded.reason] += 1
        else:
            counts["empty"] += 1
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    why = ", ".join(f"{reason} ×{count}" for reason, count in reasons.most_common(8))
    useless = counts["rejected"] + counts["events that would not be learned"]
    unread = counts["labels of events that cannot be read"]
    verdict: Verdict = "wrong" if useless == len(records) else "warning" if useless or unread else "ok"
    findings = [Finding(what, verdict, f"open; of {len(records)} records {told}{f': {why}' if why else ''}")]
    if newest > now + skew_s:
        late = f"a record is {newest - now:,.0f} s ahead of this machine's clock: set the clock, or time_unit"
        findings.append(Finding(f"clock of {what}", "warning", late))
    return findings


def _outputs(config: Config, *, in_use: bool) -> list[Finding]:
    findings = []
    outputs = [config.scores, config.dead_letters]
    outputs += [config.alarms] if config.alarms.type != "none" else []
    for output in (*outputs, *(output.replayed() for output in outputs if output.replay)):
        what = f"output {output.name}"
        told = _asked(what, output)
        findings += told
        if any(finding.verdict in ("retry", "wrong") for finding in told):
            continue
        try:
            sink = build.sink(output)
            try:
                sink.flush()
            finally:
                sink.close()
        except Unavailable as error:
            findings.append(Finding(what, "retry", str(error)))
        except ValueError as error:
            # A service that runs on this state uses its files.
            findings.append(Finding(what, "warning" if in_use else "wrong", str(error)))
        else:
            findings.append(Finding(what, "ok", output.type))
    return findings


def _exporters(config: Config, engine: Engine, *, in_use: bool) -> list[Finding]:
    if not config.exporters:
        return [
            Finding("exporter", "warning", "no [exporter.<name>] is configured: no metrics page is served")
        ]
    findings = []
    with ExitStack() as closing:  # all at once, to find two with the same port
        for connector in config.exporters:
            what = f"exporter {connector.name}"
            try:
                made = build.exporter(connector, engine, Status(), Degraded([]), dict)
            except ConfigError as error:
                # A service that runs on this state uses the port.
                findings.append(Finding(what, "warning" if in_use else "wrong", str(error)))
            else:
                closing.callback(made.close)
                findings.append(Finding(what, "ok", made.address))
    return findings
