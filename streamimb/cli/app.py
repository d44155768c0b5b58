"""The commands and their arguments.

Only arguments are parsed here; the body of each command is imported when it is called.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from streamimb.cli.exit_codes import CONFIGURATION, INTERRUPTED, OK, PIPE_CLOSED

app = App(
    name="streamimb",
    help="True probabilities for rare classes, from streams of events whose labels come late.",
    version_flags=["--version"],
    help_format="plaintext",  # Markdown would take longer to import than all else together
    result_action="return_value",
)

ConfigPath = Annotated[Path, Parameter(help="The TOML file.")]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="For machines: JSON on stdout.")]
Figures = Annotated[
    bool,
    Parameter(
        name="--json",
        negative="",
        help="For machines: at the end JSON on stdout, where no sink may write then.",
    ),
]
New = Annotated[
    bool,
    Parameter(negative="", help="Start a new state although a group has committed offsets of another one."),
]
Force = Annotated[bool, Parameter(negative="", help="Go on with a saved state that was made otherwise.")]


@app.command
def demo(
    *,
    seed: Annotated[int, Parameter(help="Of the stream and of the sampler.")] = 1,
    as_json: AsJson = False,
) -> int:
    """A fraud stream through the whole engine, in memory: wrong probabilities become right."""
    from streamimb.cli.demo import demonstrate

    return demonstrate(seed=seed, as_json=as_json)


@app.command
def run(*, config: ConfigPath, force: Force = False, new: New = False, as_json: Figures = False) -> int:
    """Score what comes in and learn from its labels, until stopped."""
    from streamimb.cli.service import serve

    return serve(config, replay=False, state=None, force=force, as_json=as_json, new=new)


@app.command
def replay(
    *,
    config: ConfigPath,
    state: Annotated[Path | None, Parameter(help="Another state than the configuration's.")] = None,
    force: Force = False,
    as_json: Figures = False,
) -> int:
    """The same over closed inputs: in order of time whatever it takes; old events are learned, no metrics served."""
    from streamimb.cli.service import serve

    return serve(config, replay=True, state=state, force=force, as_json=as_json)


@app.command
def doctor(*, config: ConfigPath, as_json: AsJson = False) -> int:
    """Check the configuration and all it reaches: inputs, outputs, state, a sample of records."""
    from streamimb.cli.doctor import examine

    return examine(config, as_json=as_json)


@app.command
def inspect(
    *,
    config: Annotated[Path | None, Parameter(help="The TOML file.")] = None,
    state: Annotated[Path | None, Parameter(help="The state file.")] = None,
    as_json: AsJson = False,
) -> int:
    """Show what a state holds: counts, positions, the model and its figures; never an event."""
    from streamimb.cli.inspection import show

    if config is None and state is None:
        return _say("inspect: give --config or --state", CONFIGURATION)
    return show(config, state, as_json=as_json)


@app.command
def explain(
    *,
    config: Annotated[Path | None, Parameter(help="The TOML file.")] = None,
    state: Annotated[Path | None, Parameter(help="The state file.")] = None,
    out: Annotated[Path | None, Parameter(help="A page (HTML) with the curves, to be written.")] = None,
    as_json: AsJson = False,
) -> int:
    """Show what each field adds to the log-odds: curves of numbers, shares of fields in the gain of trees."""
    from streamimb.cli.explain import show

    return show(config, state, out, as_json=as_json)


@app.command
def parts(*, as_json: AsJson = False) -> int:
    """List every sampler, calibrator, learner and other part, with its options and their defaults."""
    from streamimb.cli.parts import show

    return show(as_json=as_json)


def main() -> None:
    """The entry point; it exits the process."""
    sys.exit(called(sys.argv[1:]))


def called(arguments: list[str]) -> int:
    """Run a command line; return its exit code."""
    try:
        code = app(arguments, exit_on_error=False, print_error=False)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a closed stdout has its exit code
    except CycloptsError as error:
        return _say(f"{error}".strip(), CONFIGURATION)
    except KeyboardInterrupt:
        return _say("stopped", INTERRUPTED)
    except BrokenPipeError:
        # Without a message, as with `head`; Python flushes stdout once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001  (each has its exit code, and none may quote a field's value)
        from streamimb.cli.failure import verdict

        code, message = verdict(error)
        return _say(message, code)
    return code if isinstance(code, int) else OK


def _say(message: str, code: int) -> int:
    sys.stderr.write(f"streamimb: {message}\n")
    return code
