"""What a place in ``campaign.toml`` allows: read from the model, so that it cannot disagree."""

import difflib
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from coalizione_mailer.campaign.configuration import Configuration

Path = tuple[str | int, ...]


def allowed(path: Path) -> tuple[str, ...]:
    """Return the values a key may have when they can be listed, otherwise examples."""
    field = _field(path)
    for kind in _members(field.annotation):
        if isinstance(kind, type) and issubclass(kind, Enum):
            return tuple(str(member.value) for member in kind)
    if len(path) == 1 and not field.examples:
        return (f"[{path[0]}]",)
    return tuple(str(example) for example in field.examples or ())


def is_listed(path: Path) -> bool:
    """Tell whether ``allowed`` names every allowed value."""
    kinds = _members(_field(path).annotation)
    return any(isinstance(kind, type) and issubclass(kind, Enum) for kind in kinds)


def nearest_keys(path: Path) -> tuple[str, ...]:
    """Return the keys most like an unknown one; all that exist there if none is."""
    *section, unknown = (step for step in path if isinstance(step, str))
    names = _names(tuple(section))
    return tuple(difflib.get_close_matches(unknown, names) or names)


def _names(section: Path) -> list[str]:
    model = _model(_field(section).annotation) if section else Configuration
    assert model is not None
    return list(model.model_fields)


def _field(path: Path) -> FieldInfo:
    """Find the field a path speaks of; the last one that exists on the way."""
    model: type[BaseModel] | None = Configuration
    found: FieldInfo | None = None
    for step in path:
        if isinstance(step, int) or model is None:
            continue
        found = model.model_fields[step]
        model = _model(found.annotation)
    assert found is not None
    return found


def _members(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _model(annotation: Any) -> type[BaseModel] | None:
    """Find the section a field holds, through optional and tuple."""
    candidates = (*_members(annotation), *get_args(annotation))
    for kind in candidates:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None
