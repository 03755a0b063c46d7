"""The fields templates name, checked against those that exist before anything is rendered.

The syntax tree is walked, so that a mistake is found in a branch that no trial rendering takes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, nodes

from coalizione_mailer.errors import Code, Problem

_GUARDS = frozenset({"defined", "undefined"})
_DEFAULTS = frozenset({"default", "d"})


@dataclass(frozen=True, slots=True)
class Field:
    """A field as a template names it: ``comune.denominazione`` at its line."""

    steps: tuple[str, ...]
    line: int


def unknown(
    trees: Mapping[str, nodes.Template], environment: Environment, known: Mapping[str, Any]
) -> list[Problem]:
    """Return a problem for each field that does not exist, with the nearest; keys name the files.

    Fields under ``is defined`` or ``default(...)`` may be missing: the template provides for it.
    Names that the templates set themselves are their own business, left to the rendering.
    """
    own = set(environment.globals).union(*map(_assigned, trees.values()))
    return [
        Problem(
            Code.TEMPLATE_FIELD,
            file=file,
            line=line,
            found=missing,
            expected=nearest(missing, known),
        )
        for file, tree in trees.items()
        for line, missing in _missing(tree, environment, known, own)
    ]


def _missing(
    tree: nodes.Template, environment: Environment, known: Mapping[str, Any], own: set[str]
) -> list[tuple[int, str]]:
    """Return line and name of what one template names in vain, each once a line."""
    guarded = _guarded(tree)
    found = {
        (field.line, missing)
        for field in _fields(tree)
        if field.steps[0] not in own
        and field.steps not in guarded
        and (missing := _first_missing(field, environment, known))
    }
    return sorted(found)


def nearest(name: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the existing field most like this one, by its whole name or by its last part."""

    def likeness(candidate: str) -> float:
        last = candidate.rpartition(".")[2]
        return max(SequenceMatcher(None, name, shape).ratio() for shape in (candidate, last))

    candidates = sorted(_names(known))
    return (max(candidates, key=likeness),) if candidates else ()


def _names(known: Mapping[str, Any]) -> Iterator[str]:
    """Every field there is: records by their members, anything else by its name."""
    for name, value in known.items():
        if isinstance(value, SimpleNamespace):
            yield from (f"{name}.{member}" for member in _names(vars(value)))
        else:
            yield name


def _fields(node: nodes.Node) -> Iterator[Field]:
    """Find the longest chains of names under a node."""
    if steps := _steps(node):
        yield Field(steps, node.lineno)
        return
    for child in node.iter_child_nodes():
        yield from _fields(child)


def _steps(node: nodes.Node) -> tuple[str, ...]:
    """Return the names of a chain ``a.b["c"]``, or nothing if the node is not one."""
    match node:
        case nodes.Name(name=name, ctx="load"):
            return (name,)
        case nodes.Getattr(node=owner, attr=attribute):
            return (*before, attribute) if (before := _steps(owner)) else ()
        case nodes.Getitem(node=owner, arg=nodes.Const(value=str(key))):
            return (*before, key) if (before := _steps(owner)) else ()
        case _:
            return ()


def _assigned(tree: nodes.Template) -> set[str]:
    """Names that the template sets: ``set``, loops, macros and their parameters, imports."""
    names = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    names |= {macro.name for macro in tree.find_all(nodes.Macro)}
    names |= {imported.target for imported in tree.find_all(nodes.Import)}
    for imports in tree.find_all(nodes.FromImport):
        names |= {name if isinstance(name, str) else name[1] for name in imports.names}
    return names | {"loop", "self", "super", "caller", "varargs", "kwargs"}


def _guarded(tree: nodes.Template) -> set[tuple[str, ...]]:
    """Fields whose absence the template provides for."""
    tests = (test.node for test in tree.find_all(nodes.Test) if test.name in _GUARDS)
    defaults = (
        filter_.node for filter_ in tree.find_all(nodes.Filter) if filter_.name in _DEFAULTS
    )
    return {steps for node in (*tests, *defaults) if node and (steps := _steps(node))}


def _first_missing(field: Field, environment: Environment, known: Mapping[str, Any]) -> str | None:
    """Follow a field as Jinja would; return it up to the first step that leads nowhere.

    If that is the very first, the whole says better what was meant.
    """
    if field.steps[0] not in known:
        return ".".join(field.steps)
    value = known[field.steps[0]]
    for depth, step in enumerate(field.steps[1:], start=2):
        if value is None:
            return None  # a value that may be missing says nothing of what it would hold
        value = environment.getattr(value, step)
        if isinstance(value, environment.undefined):
            return ".".join(field.steps[:depth])
    return None
