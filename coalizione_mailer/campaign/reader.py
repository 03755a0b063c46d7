"""``campaign.toml`` read into a Campaign: every mistake at once, each with its line."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coalizione_mailer.campaign.lines import line_of
from coalizione_mailer.errors import Code, Problem, ProblemsError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from coalizione_mailer.campaign.configuration import Configuration

FILE_NAME = "campaign.toml"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign folder and what its file says; relative paths start at the folder."""

    root: Path
    configuration: "Configuration"

    def path(self, relative: Path) -> Path:
        """Return where a path of the campaign file is."""
        return self.root / relative


def load(root: Path) -> Campaign:
    """Read the campaign of a folder; raises ProblemsError with one problem per mistake."""
    path = root / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ProblemsError([Problem(Code.CAMPAIGN_MISSING, file=str(path))]) from None
    except (OSError, UnicodeDecodeError) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise ProblemsError([Problem(Code.FILE_UNREADABLE, file=str(path), found=found)]) from error
    return Campaign(root, parse(text))


def parse(text: str) -> "Configuration":
    """Read the text of a campaign file; raises ProblemsError with one problem per mistake."""
    from pydantic import ValidationError

    from coalizione_mailer.campaign.configuration import Configuration

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProblemsError([_syntax_problem(error, text)]) from error
    try:
        configuration = Configuration.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems = [_problem(detail, text) for detail in details]
        raise ProblemsError(_once(problems)) from error
    if problems := _contradictions(configuration, text):
        raise ProblemsError(problems)
    return configuration


def _once(problems: list[Problem]) -> list[Problem]:
    """Say a mistyped key once: as the unknown one, not also as the missing one it stands for."""
    meant = {
        problem.expected[0]
        for problem in problems
        if problem.code is Code.KEY_UNKNOWN and problem.expected
    }
    return [
        problem
        for problem in problems
        if problem.code is not Code.KEY_MISSING or problem.key not in meant
    ]


def _contradictions(configuration: "Configuration", text: str) -> list[Problem]:
    """Find values that are right alone and wrong together."""
    from coalizione_mailer.campaign.configuration import Security

    problems = []
    band, smtp = configuration.recipients, configuration.smtp
    if band.min > band.max:
        where = ("recipients", "min")
        problems.append(
            Problem(
                Code.BAND_EMPTY,
                file=FILE_NAME,
                line=line_of(text, where),
                key=_key(where),
                found=str(band.min),
                expected=(str(band.max),),
            )
        )
    reminder = configuration.reminder
    if (reminder.number is None) != (reminder.date is None):
        missing = "number" if reminder.number is None else "date"
        where = ("reminder", missing)
        problems.append(
            Problem(
                Code.KEY_MISSING,
                file=FILE_NAME,
                line=line_of(text, where),
                key=_key(where),
                expected=("201",) if missing == "number" else ("2017-10-02",),
            )
        )
    for name, section in (("smtp", smtp), ("mailbox", configuration.mailbox)):
        if section.security is Security.NONE and section.host and not section.loopback:
            where = (name, "security")
            problems.append(
                Problem(
                    Code.PLAINTEXT_REMOTE,
                    file=FILE_NAME,
                    line=line_of(text, where),
                    key=_key(where),
                    found=section.host,
                    expected=(Security.TLS, Security.STARTTLS),
                )
            )
    return problems


def _syntax_problem(error: tomllib.TOMLDecodeError, text: str) -> Problem:
    """Name the line where TOML stops being TOML, and show it."""
    import re

    match = re.search(r"\(at line (\d+)", str(error))
    line = int(match[1]) if match else len(text.splitlines())
    lines = text.splitlines()
    found = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return Problem(Code.TOML_SYNTAX, file=FILE_NAME, line=line, found=found)


def _problem(detail: "ErrorDetails", text: str) -> Problem:
    """Translate one finding of pydantic into ours: code, key, line, what was found."""
    from coalizione_mailer.campaign.expectations import allowed, is_listed, nearest_keys

    path = tuple(detail["loc"])
    key = _key(path)
    line = line_of(text, path)
    match detail["type"]:
        case "missing":
            return Problem(
                Code.KEY_MISSING, file=FILE_NAME, line=line, key=key, expected=allowed(path)
            )
        case "extra_forbidden":
            nearest = tuple(_key((*path[:-1], name)) for name in nearest_keys(path))
            return Problem(Code.KEY_UNKNOWN, file=FILE_NAME, line=line, key=key, expected=nearest)
        case _:
            return Problem(
                Code.VALUE_NOT_ALLOWED if is_listed(path) else Code.VALUE_WRONG,
                file=FILE_NAME,
                line=line,
                key=key,
                found=_shown(detail["input"]),
                expected=allowed(path),
            )


def _key(path: tuple[str | int, ...]) -> str:
    """Write a path as a person would: ``attachments[0].path``."""
    written = ""
    for step in path:
        written += f"[{step}]" if isinstance(step, int) else f".{step}"
    return written.removeprefix(".")


def _shown(value: Any) -> str:
    """Show a value as it stands in the file, on one line."""
    match value:
        case str():
            # The escapes of JSON are those of TOML's basic strings.
            return json.dumps(value, ensure_ascii=False)
        case bool():
            return "true" if value else "false"
        case list():
            return f"[{', '.join(map(_shown, value))}]"
        case dict():
            return f"{{ {', '.join(f'{key} = {_shown(item)}' for key, item in value.items())} }}"
        case _:
            return str(value)
