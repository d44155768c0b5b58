"""What README says is so: its program, its configuration, its commands, its numbers, its tables."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import msgspec
import pytest
from river import imblearn

import streamimb
from streamimb.catalogue import entries
from streamimb.cli import build, demo, figures, rejections
from streamimb.cli.app import app
from streamimb.cli.demo_tally import STAGES
from streamimb.compose.sampled import CORRECTIONS
from streamimb.config import RECIPES, load
from streamimb.config.drift import DEFAULT
from streamimb.engine import BothReported, Engine
from streamimb.engine.degraded import LIMITS
from streamimb.engine.findings import CODES
from streamimb.engine.unknown_fields import CODE as UNKNOWN
from streamimb.events import AlarmRecord, DeadLetter, Score
from streamimb.linear_model import LogisticRegression
from streamimb.metrics.ratio_interval import ratio_interval
from streamimb.protocols import Synthesizer
from streamimb.serve import Degraded, Status
from streamimb.serve.polling import SILENT
from streamimb_connectors.prometheus import exporter
from streamimb_connectors.prometheus.options import Options
from tests.cli.test_demo import PINNED
from tests.conftest import CHECKOUT
from tests.examples.commands import EXAMPLES, blocks, shell

README = CHECKOUT / "README.md"
SERVICE = CHECKOUT / "docs" / "service.md"
TEXT = README.read_text()


def table(page: Path, heading: str) -> list[list[str]]:
    """The cells of the first table after a piece of text, without its head."""
    lines = page.read_text().partition(heading)[2].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_the_program_prints_what_is_printed_below_it(tmp_path: Path) -> None:
    (program,) = blocks(README, "python")
    (printed,) = blocks(README, "text")
    (tmp_path / "program.py").write_text(program)
    assert shell("python program.py", tmp_path) == printed


def test_it_is_short() -> None:
    assert len(TEXT.splitlines()) < 200


TODAY = dict(table(README, "### What you do today, and what to write"))


@pytest.mark.parametrize("today", TODAY)
def test_what_to_write_instead_is_code_that_learns(today: str) -> None:
    codes = re.findall(r"`([^`]+)`", TODAY[today])
    assert codes
    for code in codes:
        names = {name: getattr(streamimb, name) for name in streamimb.__all__}
        learner = streamimb.linear_model.LogisticRegression()
        model = streamimb.SampledClassifier(learner, seed=1)
        made = eval(code, {**names, "learner": learner, "model": model, "x": {"amount": 9.0}, "y": True})
        if isinstance(made, Synthesizer):
            made = streamimb.SampledClassifier(learner, streamimb.sampling.OverSampler(), synthesizer=made)
        taught = model if made is None else made  # a call of learn_one returns None
        for i in range(200):
            taught.learn_one({"amount": float(i % 7)}, i % 10 == 0)
        assert 0.0 < taught.predict_proba_one({"amount": 3.0})[True] < 0.5


def test_the_samplers_of_river_that_it_names_exist() -> None:
    named = re.findall(r"`imblearn\.(\w+)`", " ".join(TODAY))
    assert named
    assert set(named) <= set(imblearn.__all__)


def test_the_configuration_it_links_to_makes_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    path = EXAMPLES / "fraud_kafka.toml"
    assert "(examples/fraud_kafka.toml)" in TEXT
    monkeypatch.setenv("KAFKA", "localhost:9092")
    config = load(path)
    build.engine(config, replay=False)
    for replay in (False, True):
        assert len(build.sources(config, replay=replay)) == 2
        assert set(build.decoders(config, replay=replay)) == {
            source.name for source in build.sources(config, replay=replay)
        }
        for sink in build.sinks(config, replay=replay):
            sink.close()


def test_its_options_in_comments_are_options_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = re.sub(r"^# (\w+ = )", r"\1", (EXAMPLES / "fraud_kafka.toml").read_text(), flags=re.MULTILINE)
    (tmp_path / "ca.pem").write_text("")
    (tmp_path / "c.toml").write_text(text.replace("/etc/ssl/certs/kafka.pem", str(tmp_path / "ca.pem")))
    for name in ("KAFKA", "KAFKA_USER", "KAFKA_PASSWORD"):
        monkeypatch.setenv(name, "localhost:9092")
    payments = load(tmp_path / "c.toml").sources[0].connector
    assert payments.options["sasl_mechanism"] == "SCRAM-SHA-512"
    build.sources(load(tmp_path / "c.toml"), replay=False)


def test_the_commands_are_commands() -> None:
    lines = [line for block in blocks(README, "sh") for line in block.splitlines()]
    assert len(lines) == 8
    for line in lines:
        words = shlex.split(line)
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
        elif words[0] == "streamimb":
            command, bound, _ = app.parse_args(words[1:], exit_on_error=False, print_error=False)
            assert command.__name__ == words[1]
            assert (CHECKOUT / bound.arguments["config"]).exists()
        elif words[0] == "python":
            assert (CHECKOUT / words[1]).exists()
        else:
            assert line == "export KAFKA=localhost:9092"


def test_the_numbers_are_the_demo_s() -> None:
    *stages, learned = table(README, "## The picture in numbers")
    for row, stage in zip(stages, range(3), strict=True):
        assert row[0].startswith(STAGES[stage])
        for cell, payments, (fraud, ratios, _, _) in zip(
            row[1:], demo.PAYMENTS, PINNED.values(), strict=True
        ):
            interval = ratio_interval(ratios[stage] * fraud, payments, payments, fraud, fraud)
            assert cell == figures.ratio(interval)
    assert learned[1:] == [f"{share:.1%}".replace("%", " %") for _, _, _, share in PINNED.values()]
    assert f"{sum(demo.PAYMENTS):,} card payments" in TEXT


@pytest.mark.parametrize(
    ("heading", "kind"), [("A score,", Score), ("A dead letter,", DeadLetter), ("An alarm,", AlarmRecord)]
)
def test_the_records_have_these_fields(heading: str, kind: type[Score | DeadLetter | AlarmRecord]) -> None:
    told = [name for row in table(SERVICE, heading) for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(told) == sorted(kind.__struct_fields__)


def test_the_metrics_are_these() -> None:
    engine = Engine(LogisticRegression(), BothReported())
    shown = exporter({"port": 0}, engine, Status(), Degraded([]), dict)
    there = [
        f"streamimb_{reading.name}{'_total' if reading.kind == 'counter' else ''}"
        for reading in shown.readings()
    ]
    shown.close()
    told = re.findall(
        r"`(streamimb_\w+)`", SERVICE.read_text().partition("## Metrics")[2].partition("| flow |")[2]
    )
    assert sorted(told) == sorted(there)


def test_the_reasons_to_be_degraded_are_these() -> None:
    told = {row[0].strip("`") for row in table(SERVICE, "## Degraded")}
    labels = {"cold", "label_delays_differ", "missing_class", "missing_positives", "one_class"}
    others = {"field_left_out", "metric_fails", "ratio_off", UNKNOWN, *labels, rejections.REASON, SILENT}
    assert told == {*LIMITS, *others, *CODES}


def test_the_default_detectors_are_these() -> None:
    told = [
        (row[0].strip("`[]"), re.findall(r"`([^`]+)`", row[1]))
        for row in table(SERVICE, "These are on by default")
    ]
    assert told == [
        (
            f"drift.{name}",
            [chosen.type.rpartition(".")[2], *(f"{key} = {value}" for key, value in chosen.options.items())],
        )
        for name, chosen in DEFAULT.items()
    ]


def test_the_types_and_options_of_the_model_are_these(tmp_path: Path) -> None:
    for name, types, default in table(SERVICE, "The recipe has no synthesizer"):
        place = name.strip("`[]")
        words = CORRECTIONS if place == "correction" else ()
        assert re.findall(r"`(\w+)`", types) == [*words, *(entry.kind for entry in entries(place))]
        part = getattr(RECIPES["default"], place)
        assert default.strip("`") == ("none" if part is None else part.type.rpartition(".")[2])
    options = dict(table(SERVICE, "which checks the values:"))
    chosen = [
        entry
        for place in ("learner", "sampler", "synthesizer", "calibrator", "correction")
        for entry in entries(place)
    ]
    assert list(options) == [f"`{entry.kind}`" for entry in chosen]
    for entry in chosen:
        assert options[f"`{entry.kind}`"] == f"`{'; '.join(map(str, entry.options)) or 'no options'}`"
    text = (EXAMPLES / "own_model.toml").read_text()
    for tables in blocks(SERVICE, "toml"):
        start = text.index("[source" if "[labels]" in tables else "[labels]")
        (tmp_path / "c.toml").write_text(text[start:] + tables)
        build.engine(load(tmp_path / "c.toml"), replay=False)


def test_the_types_of_metrics_and_the_options_of_the_page_are_these() -> None:
    text = SERVICE.read_text().partition("## Metrics")[2]
    told = text.partition("adds a metric of the calibrated probability:")[2].partition(
        ", one of an installed"
    )[0]
    assert re.findall(r"`(\w+)`", told) == [entry.kind for entry in entries("metric")]
    options = re.findall(
        r"(\w+) = ([^;\n]+)", text.partition('type = "prometheus"   # ')[2].partition("\n")[0]
    )
    assert {name: json.loads(value) for name, value in options} == msgspec.structs.asdict(Options())


def test_links_lead_somewhere() -> None:
    pages = [
        README,
        SERVICE,
        SERVICE.parent / "sampling.md",
        SERVICE.parent / "learners.md",
        EXAMPLES / "README.md",
    ]
    for page in (
        *pages,
        *(CHECKOUT / f"{name}.md" for name in ("ARCHITECTURE", "CHANGELOG", "CONTRIBUTING")),
    ):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), (page.name, target)
