"""What docs/sampling.md says is so: its code, its figure, and which samplers its table names."""

from __future__ import annotations

import doctest
import re

from benchmarks import sampling_figure
from benchmarks.which_sampler import CHOICES, STREAMS, cells, run
from streamimb import sampling, synthesis
from tests.conftest import CHECKOUT
from tests.examples.test_readme import table

PAGE = CHECKOUT / "docs" / "sampling.md"


def test_its_code_prints_what_is_printed_below_it() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried > 10
    assert failed == 0


def test_its_figure_is_what_the_script_draws() -> None:
    assert (PAGE.parent / "sampling.svg").read_text() == sampling_figure.figure()


def test_its_table_has_the_choices_of_the_script_and_code_that_runs() -> None:
    rows = table(PAGE, "<!-- python -m benchmarks.which_sampler -->")
    assert [row[:2] for row in rows] == [[f"`{choice.code}`", choice.when] for choice in CHOICES]
    for choice in CHOICES:
        made = eval(f"({choice.code},)", {**vars(sampling), **vars(synthesis)})
        kinds = [choice.sampler, choice.synthesizer] if choice.synthesizer else [choice.sampler]
        assert [repr(part) for part in made] == [repr(make()) for make in kinds]


def test_a_run_of_the_script_fills_a_line_of_the_table() -> None:
    by_seed = [run("stat", 4_000, seed) for seed in range(2)]
    rows = table(PAGE, "<!-- python -m benchmarks.which_sampler -->")
    for place, row in enumerate(rows, start=1):
        filled = cells(place, dict.fromkeys(STREAMS, by_seed), by_seed[0])
        shapes = [
            [re.sub(r"\d+", "9", cell).replace("-", "+") for cell in line] for line in (filled, row[2:])
        ]
        assert shapes[0] == shapes[1]


def test_it_names_every_sampler_and_synthesizer() -> None:
    named = set(re.findall(r"\b[A-Z]\w+", PAGE.read_text()))
    assert {*sampling.__all__, *synthesis.__all__} <= named
