"""The entry: runs a command and turns every error into sentences and an exit code."""

import gc
import sys
from collections.abc import Sequence

from typer.exceptions import Abort, TyperException

from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import ExitCode, MailerError

_COLLECT_AFTER = 100_000


def main() -> None:
    """Run the command line of this process."""
    # A command makes many objects and ends: looking through them for waste is the waste.
    gc.set_threshold(_COLLECT_AFTER)
    import os

    # pydantic would look through every package of the machine for plugins; none is ours.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # noqa: TID251  for pydantic
    _readable_output()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; no traceback ever reaches the user."""
    from coalizione_mailer.cli.app import app

    try:
        code = app(list(arguments), standalone_mode=False, prog_name="mailer")
        sys.stdout.flush()
    except (KeyboardInterrupt, Abort):
        _tell([_("Interrupted.")])
        return ExitCode.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # SystemExit is what Typer and rich make of a broken pipe.
        return _nobody_reads()
    except Exception as error:  # noqa: BLE001  the last place: whatever it is, it is explained
        return _explained(error)
    return code if isinstance(code, int) else ExitCode.DONE


def _explained(error: Exception) -> int:
    """Say what an error means and return its exit code."""
    from coalizione_mailer.cli import advice

    match error:
        case TyperException():
            from coalizione_mailer.cli.usage import explain

            return explain(error)
        case MailerError():
            nothing = error.exit_code is ExitCode.NOTHING_TO_DO
            _tell(advice.lines(error), None if nothing else "red")
            return error.exit_code
        case OSError():
            _tell([advice.system(error)])
            return ExitCode.ERROR
        case _:
            _tell([_fault(error)])
            return ExitCode.ERROR


def _fault(error: Exception) -> str:
    """Keep what a programmer needs in a file, and say where it is."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="mailer-", suffix=".txt", delete=False
    ) as report:
        report.writelines(traceback.format_exception(error))
    return _(
        "The program has a fault ({error}). What was recorded before is safe. Please hand this "
        "file to whoever looks after the program: {file}"
    ).format(error=type(error).__name__, file=report.name)


def _tell(lines: Sequence[str], style: str | None = "red") -> None:
    from coalizione_mailer.cli.console import say

    for line in lines:
        say(line, style)


def _nobody_reads() -> int:
    """The reader of our output went away, as ``head`` does."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.DONE


def _readable_output() -> None:
    """Write UTF-8 wherever output goes: a Windows pipe would otherwise stumble over an accent."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    main()
