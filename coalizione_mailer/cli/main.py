"""The entry: runs a command and turns every error into sentences and an exit code."""

import sys
from collections.abc import Sequence

from typer.exceptions import Abort, TyperException

from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import ExitCode, MailerError


def main() -> None:
    """Run the command line of this process."""
    _readable_output()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; no traceback ever reaches the user."""
    from coalizione_mailer.cli.app import app

    try:
        code = app(list(arguments), standalone_mode=False, prog_name="mailer")
    except TyperException as error:
        from coalizione_mailer.cli.usage import explain

        return explain(error)
    except MailerError as error:
        return _told(error)
    except (KeyboardInterrupt, Abort):
        _say(_("Interrupted."))
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return _nobody_reads()
    except OSError as error:
        _say(_("The system says: {error}.").format(error=error))
        return ExitCode.ERROR
    return code if isinstance(code, int) else ExitCode.DONE


def _told(error: MailerError) -> int:
    from coalizione_mailer.cli.advice import lines

    for line in lines(error):
        _say(line)
    return error.exit_code


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


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
