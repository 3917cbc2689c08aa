"""The command line: one file per command, each imported only when it is called."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cyclopts import App, CycloptsError

from slm_mux import __version__
from slm_mux.cli.signals import TerminatedError, ending_on_sigterm
from slm_mux.errors import SlmMuxError

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = 2
INTERRUPTED = 130

app = App(
    name="slm-mux",
    help="Sample a pool of small language models, vote with SLM-MUX, grade and score.",
    version=__version__,
    help_format="plaintext",  # Markdown would cost a third of the time that help takes
    # Commands return their exit code; errors are printed here, in one place.
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
app.command(
    "slm_mux.cli.run:run", name="run", help="Sample a pool on a task, vote, select and score."
)
app.command(
    "slm_mux.cli.collect:collect", name="collect", help="Sample single models: their baselines."
)
app.command(
    "slm_mux.cli.rescore:rescore", name="rescore", help="Score recorded samples, no network."
)
app.command(
    "slm_mux.cli.verify:verify", name="verify", help="Grade a results file anew, rung by rung."
)
app.command(
    "slm_mux.cli.compare:compare", name="compare", help="Compare two scorings of the same samples."
)
app.command(
    "slm_mux.cli.convert:convert",
    name="convert",
    help="Read what other tools recorded into a sample log, and write theirs.",
)
app.command(
    "slm_mux.cli.search:search", name="search", help="Which models to pool, from recorded samples."
)
app.command("slm_mux.cli.scale:scale", name="scale", help="What more models and more samples buy.")
app.command(
    "slm_mux.cli.calibrate:calibrate",
    name="calibrate",
    help="Fit what each model's votes are worth, for --selector calibrated.",
)
app.command("slm_mux.cli.show:show", name="show", help="Why one problem was decided as it was.")
app.command(
    "slm_mux.cli.report:report", name="report", help="Results as one page to look at, no network."
)
app.command("slm_mux.cli.pull:pull", name="pull", help="Fetch the weights of a local model.")
app.command("slm_mux.cli.demo:demo", name="demo", help="The main job on local models, no key.")


def main(argv: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its code."""
    sys.exit(_exit_code(sys.argv[1:] if argv is None else argv))


def _exit_code(argv: Sequence[str]) -> int:
    try:
        with ending_on_sigterm():
            code = app([_hyphens(token) for token in argv], print_error=False, exit_on_error=False)
    except CycloptsError as e:
        _complain(f"{_one_line(str(e))} (see slm-mux --help)")
        return USAGE
    except SlmMuxError as e:
        _complain(_one_line(str(e)))
        return e.exit_code
    except KeyboardInterrupt as e:
        _complain(str(e) or "interrupted")
        return e.exit_code if isinstance(e, TerminatedError) else INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has gone; there is nobody left to tell
        sys.stderr.close()
        return 1
    except (OSError, UnicodeEncodeError) as e:
        _complain(_one_line(_fault_of(e)))
        return USAGE
    return code if isinstance(code, int) else 0


def _fault_of(error: OSError | UnicodeEncodeError) -> str:
    """What is wrong with a file or an argument. Raises the error where it names neither."""
    if isinstance(error, UnicodeEncodeError):
        return f"{error.object!r}: not valid Unicode"
    if error.filename is None:
        raise error
    return f"{error.filename}: {error.strerror}"


def _hyphens(token: str) -> str:
    """`--data_path=x` → `--data-path=x`: the published flags are spelt with underscores."""
    if not token.startswith("--"):
        return token
    name, equals, value = token.partition("=")
    return name.replace("_", "-") + equals + value


def _one_line(message: str) -> str:
    return " ".join(message.split())


def _complain(message: str) -> None:
    sys.stderr.write(f"slm-mux: {message}\n")
