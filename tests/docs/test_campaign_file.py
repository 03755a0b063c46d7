"""``docs/campaign-file.md`` speaks of every key, and of none that does not exist."""

import re
import tomllib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from coalizione_mailer.campaign.configuration import Configuration
from coalizione_mailer.campaign.reader import parse
from coalizione_mailer.freeze import FROZEN_SECTIONS

PAGE = Path(__file__).parents[2] / "docs" / "campaign-file.md"


def documented() -> dict[str, list[str]]:
    """Return the cells of each row by the whole name of its key."""
    rows: dict[str, list[str]] = {}
    section = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"###? `\[*([a-z.]+)\]*`", line):
            section = heading[1]
        elif line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            rows[f"{section}.{cells[0].strip(' `')}"] = cells
    return rows


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        inner = section_of(field.annotation)
        if inner is None or prefix:
            yield prefix + name, field
        if inner is not None:
            yield from keys(inner, f"{prefix}{name}.")


def section_of(annotation: Any) -> type[BaseModel] | None:
    kinds = (annotation, *get_args(annotation))
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)


FIELDS = dict(keys(Configuration))


def test_every_key_has_its_row_in_the_order_of_the_file() -> None:
    assert sorted(documented()) == sorted(FIELDS)


@pytest.mark.parametrize("key", FIELDS)
def test_the_default_is_the_programs_own(key: str) -> None:
    *_rest, default, _example = documented()[key]
    field = FIELDS[key]
    if field.is_required():
        assert default == "required"
    elif field.default is None:
        assert default == "none"
    else:
        written = tomllib.loads(f"x = {default.strip('`')}")["x"]
        found = field.default
        if isinstance(found, tuple):
            found = list(found)
        elif isinstance(found, Path):
            found = found.as_posix()
        assert written == found


def enumeration(annotation: Any) -> type[Enum] | None:
    kinds = get_args(annotation) if get_origin(annotation) is UnionType else (annotation,)
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, Enum)), None)


@pytest.mark.parametrize("key", [key for key in FIELDS if enumeration(FIELDS[key].annotation)])
def test_every_value_of_a_list_is_named(key: str) -> None:
    allowed = documented()[key][2]
    values = enumeration(FIELDS[key].annotation)
    assert values is not None
    assert re.findall(r"`([^`]+)`", allowed) == [str(member.value) for member in values]


def test_a_file_of_all_the_examples_is_a_campaign() -> None:
    text = ""
    section = ""
    for key, (_name, _meaning, _allowed, _default, example) in documented().items():
        where, _, name = key.rpartition(".")
        if where == "sender.signatory":
            continue
        if where != section:
            section = where
            text += f"[[{section}]]\n" if section == "attachments" else f"[{section}]\n"
        text += f"{name} = {example.strip('`')}\n"
    configuration = parse(text)
    assert configuration.mailbox.host == "imap.ente.example"
    assert configuration.smtp.host == "smtp.ente.example"


def test_the_sections_that_may_not_change_are_those_of_the_freeze() -> None:
    page = PAGE.read_text(encoding="utf-8")
    sentence = page[page.index("Once the letters are frozen") :].split("may no longer change")[0]
    assert re.findall(r"`\[+([a-z]+)\]+`", sentence) == list(FROZEN_SECTIONS)
