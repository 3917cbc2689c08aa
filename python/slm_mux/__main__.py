"""`slm-mux` and `python -m slm_mux`: an interruption while it still loads is one like any other.

Nothing is imported here but `sys`, which is there.
"""

import sys

INTERRUPTED = 130


def main() -> None:
    """Load the command line and run a command; exits with its code."""
    try:
        from slm_mux.cli import main as run  # noqa: PLC0415

        run()
    except (KeyboardInterrupt, Exception) as error:
        interruption = _interruption(error)
        if interruption is None:
            raise
        sys.stderr.write(f"slm-mux: {str(interruption) or 'interrupted'}\n")
        sys.exit(getattr(interruption, "exit_code", INTERRUPTED))
    finally:
        # An interruption within an `exec` of text, by which data classes are made, has CPython
        # end the process by a signal, whoever has handled it, unless another `exec` ends well.
        exec("")  # noqa: S102


def _interruption(error: BaseException | None) -> KeyboardInterrupt | None:
    """What this is, or came of: class bodies raise `RuntimeError` for an interruption."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__
    return error


if __name__ == "__main__":
    main()
