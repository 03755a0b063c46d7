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
    if field is None:
        return ()
    for kind in _members(field.annotation):
        if isinstance(kind, type) and issubclass(kind, Enum):
            return tuple(str(member.value) for member in kind)
    return tuple(str(example) for example in field.examples or ())


def is_listed(path: Path) -> bool:
    """Tell whether ``allowed`` names every allowed value."""
    field = _field(path)
    return field is not None and any(
        isinstance(kind, type) and issubclass(kind, Enum) for kind in _members(field.annotation)
    )


def nearest_keys(path: Path) -> tuple[str, ...]:
    """Return the keys that exist where an unknown one was found, the most alike first."""
    names = _names(tuple(step for step in path[:-1] if isinstance(step, str)))
    unknown = str(path[-1])
    alike = difflib.get_close_matches(unknown, names, n=len(names), cutoff=0.0)
    return tuple(alike)


def _names(path: tuple[str, ...]) -> list[str]:
    model: type[BaseModel] = Configuration
    for step in path:
        field = model.model_fields.get(step)
        inner = _model(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _field(path: Path) -> FieldInfo | None:
    """Find the field a path speaks of; the last one that exists on the way."""
    model: type[BaseModel] | None = Configuration
    found: FieldInfo | None = None
    for step in path:
        if isinstance(step, int) or model is None:
            continue
        found = model.model_fields.get(step)
        model = _model(found.annotation) if found else None
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
