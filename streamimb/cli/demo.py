"""`demo`: a fraud stream through source, engine and sinks, in memory, as fast as it goes.

The sampler keeps about four honest payments per fraud, so that learning is cheap. The table shows the effect on the
probabilities, and what remains of it after correction and calibration. It uses no disk and no network.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from rich.console import Console
from rich.live import Live
from rich.table import Table

from streamimb.cli import figures
from streamimb.cli.demo_stream import PHASES, DemoStream
from streamimb.cli.demo_tally import STAGES, PhaseTally, TallySink
from streamimb.cli.model import assembled
from streamimb.compose import GuardedClassifier
from streamimb.config import Model
from streamimb.engine import BothReported, Engine
from streamimb.serve import FieldMapping, MemorySource, MemoryStore, MixedDecoder, NullSink, Runner, Status

PAYMENTS = (140_000, 60_000, 100_000)
MEANINGS = {
    "raw": "what an uncorrected sampler would say",
    "corrected": "the sampler's shift removed, exactly once",
    "calibrated": "what is left repaired; the probability to act on",
}


class Demo:
    """One run of the demonstration.

    Cost: about 20 seconds for the 300,000 payments and their labels.

    Parameters
    ----------
    seed
        Of the stream and of the sampler.
    payments
        How many before, in and after the attack.

    """

    def __init__(self, seed: int, payments: tuple[int, int, int] = PAYMENTS) -> None:
        self.seed = seed
        self.stream = DemoStream(seed, *payments)
        self.tally = TallySink(self.stream)
        self.engine = Engine(GuardedClassifier(assembled(Model(seed=seed))), BothReported())
        self.status = Status()

    def run(self, tick: Any) -> None:
        """Run from the first payment to the last label."""
        name = "payments"
        Runner(
            self.engine,
            [MemorySource(name, {0: self.stream.records()})],
            {name: MixedDecoder(FieldMapping(drop=("card",), categorical=("hour",)))},
            self.tally,
            NullSink(),
            MemoryStore(),
            {},
            merge_wait_s=None,
            status=self.status,
            tick=tick,
        ).run()

    def summary(self) -> dict[str, Any]:
        """The numbers of the run; the same seed gives the same."""
        summary: dict[str, Any] = figures.plain(
            {
                "seed": self.seed,
                "phases": {
                    name: tally.summary()
                    for name, tally in zip(PHASES, self.tally.phases, strict=True)
                    if tally.n
                },
                "model_version": self.engine.model_version,
                "share_learned": self.engine.kept_share,
                "counters": self.engine.counters,
            }
        )
        return summary


def demonstrate(*, seed: int, as_json: bool) -> int:
    """Runs the demo and prints it; the exit code."""
    demo = Demo(seed)
    console = Console(stderr=as_json)
    if not console.is_terminal:
        console.width = 110
    started = time.perf_counter()
    with _shown(demo, console) as tick:
        demo.run(tick)
    seconds = time.perf_counter() - started
    if as_json:
        sys.stdout.write(msgspec.json.encode(demo.summary()).decode() + "\n")
        return 0
    if not console.is_terminal:
        console.print(table(demo))
    console.print(_closing(demo, seconds))
    return 0


def table(demo: Demo) -> Table:
    """The table of the demo: one column per phase."""
    shown = Table(
        title="Fraud predicted ÷ observed, with 95 % intervals (1 is right)",
        title_justify="left",
    )
    shown.add_column()
    for name in PHASES:
        shown.add_column(name, justify="right", no_wrap=True)
    tallies = demo.tally.phases
    shown.add_row("payments", *(_cell(tally, lambda t: f"{t.n:,}") for tally in tallies))
    shown.add_row("per second", *(_cell(tally, lambda t: f"{t.events_s():,.0f}") for tally in tallies))
    shown.add_row("fraud", *(_cell(tally, lambda t: f"{t.fraud:,}") for tally in tallies))
    shown.add_row("base rate", *(_cell(tally, lambda t: f"{t.fraud / t.n:.3%}") for tally in tallies))
    for stage in STAGES:
        style = {"raw": "red", "corrected": "", "calibrated": "green"}[stage]
        cells = [_cell(tally, lambda t, stage=stage: figures.ratio(t.ratios()[stage])) for tally in tallies]
        shown.add_row(stage, *cells, style=style)
    shown.add_row("NE (of the truth)", *(_cell(tally, _entropies) for tally in tallies))
    shown.add_row("share learned", *(_cell(tally, lambda t: f"{t.share_learned:.1%}") for tally in tallies))
    pending = demo.engine.counters["pending"]
    shown.caption = f"{pending:,} payments wait for their label; model version {demo.engine.model_version:,}"
    return shown


def _cell(tally: PhaseTally, text: Any) -> str:
    return str(text(tally)) if tally.n else ""


def _entropies(tally: PhaseTally) -> str:
    served, truth = tally.normalized_entropies()
    return f"{served:.3f} ({truth:.3f})"


def _closing(demo: Demo, seconds: float) -> str:
    lines = [f"{stage}: {meaning}" for stage, meaning in MEANINGS.items()]
    count = demo.status.records
    lines.append(f"{count:,} records in {seconds:.1f} s, {count / seconds:,.0f} a second, one process")
    return "\n".join(lines)


@contextmanager
def _shown(demo: Demo, console: Console) -> Iterator[Any]:
    """Yields the function that the runner calls each round: a live table on a terminal, else a line per phase."""
    if console.is_terminal:
        with Live(get_renderable=lambda: table(demo), console=console, refresh_per_second=4):
            yield lambda: None
        return
    told = set()

    def tell() -> None:
        phase = demo.tally.phase
        for done in range(phase):
            if done not in told:
                told.add(done)
                _tell(demo, done, console)

    yield tell
    _tell(demo, len(PHASES) - 1, console)


def _tell(demo: Demo, phase: int, console: Console) -> None:
    tally = demo.tally.phases[phase]
    if tally.n:
        ratios = ", ".join(f"{stage} {figures.ratio(ratio)}" for stage, ratio in tally.ratios().items())
        line = f"{PHASES[phase]}: {tally.n:,} payments, {tally.fraud:,} fraud; predicted ÷ observed: {ratios}"
        console.print(line, soft_wrap=True)
