"""The folder of templates (Jinja2): the letter's HTML and the two bodies of its e-mail.

Templates are sandboxed, HTML is escaped, and a field that does not exist is a mistake, found
before anything is rendered. The CSS of ``email.html`` goes into the elements, where Outlook and
webmail look for it. What several letters share may lie in a folder beside theirs:
``{% include "../stile/lettera.css" %}``.
"""

import os
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    nodes,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.letter import fields
from coalizione_mailer.letter.context import SAMPLE, personal, shared
from coalizione_mailer.letter.italian import FILTERS
from coalizione_mailer.model import Recipient

if TYPE_CHECKING:
    from css_inline import CSSInliner

    from coalizione_mailer.campaign.configuration import Configuration

_BESIDE = ".."
LETTER, EMAIL_HTML, EMAIL_TEXT = NAMES = ("letter.html", "email.html", "email.txt")

# What Jinja itself raises, and what filters do with values they were not made for.
_RENDERING_ERRORS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class LetterText:
    """The text of one letter: ``html`` becomes the PDF, the other two the e-mail's body."""

    html: str
    email_html: str
    email_text: str


class _FieldMissingError(UndefinedError):
    """A rendering touched a field that does not exist."""

    def __init__(self, name: str, owner: object, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name
        self.owner = owner


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with a short way to what is asked most: a field of our own records."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute; names that begin with an underscore go the sandbox's own way."""
        if type(obj) is SimpleNamespace and not attribute.startswith("_"):
            known = vars(obj)
            if attribute in known:
                return known[attribute]
        return super().getattr(obj, attribute)


class _Missing(StrictUndefined):
    """Undefined that, when touched, tells what was asked of whom."""

    def __init__(
        self, hint: str | None = None, obj: Any = None, name: str | None = None, exc: Any = None
    ) -> None:
        # A SecurityError stays what it is: the field exists, the sandbox refuses it.
        refusal: Any = exc or partial(_FieldMissingError, str(name), obj)
        super().__init__(hint, obj, name, refusal)


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of one campaign, compiled; ``load`` makes them."""

    folder: Path
    configuration: "Configuration"
    environment: ImmutableSandboxedEnvironment
    inliner: "CSSInliner"
    shared: Mapping[str, Any]
    trees: Mapping[str, nodes.Template]
    _circular: dict[str, LetterText] = field(default_factory=dict)

    @classmethod
    def load(
        cls, folder: Path, configuration: "Configuration", extras: Mapping[str, Any] | None = None
    ) -> Self:
        """Compile the three templates of a folder; ``extras`` are further fields for them.

        Raises ProblemsError with every missing file, syntax error and unknown filter.
        """
        from css_inline import CSSInliner

        environment = environment_of(folder)
        templates = cls(
            folder=folder,
            configuration=configuration,
            environment=environment,
            # Media queries stay in the head: phones and dark mode read them there.
            inliner=CSSInliner(keep_at_rules=True, load_remote_stylesheets=False),
            shared=shared(configuration) | dict(extras or {}),
            trees=_trees(environment),
        )
        if problems := [
            problem for name in templates.trees for problem in templates._compile(name)
        ]:
            raise ProblemsError(problems)
        return templates

    def check(self) -> list[Problem]:
        """Find fields that do not exist, in every branch and then in a trial rendering.

        Looks through every template that the three reach.
        """
        trees = {self._file(name): tree for name, tree in self.trees.items()}
        known = {**self.shared, **personal(SAMPLE)}
        if problems := fields.unknown(trees, self.environment, known):
            return problems
        try:
            self._rendered(SAMPLE)
        except ProblemsError as error:
            return list(error.problems)
        return []

    def render(self, recipient: Recipient) -> LetterText:
        """Write the letter to one recipient; the circular form is written once.

        Raises ProblemsError with the field that does not exist, its file and line.
        """
        return self.mail(recipient, self.letter(recipient))

    def letter(self, recipient: Recipient) -> str:
        """Write the letter's HTML to one recipient, without the e-mail; raises ProblemsError."""
        if not self.individual:
            return self._once(recipient).html
        return self._render(LETTER, self._fields(recipient))

    def mail(self, recipient: Recipient, html: str) -> LetterText:
        """Write the e-mail that carries a letter; raises ProblemsError."""
        if not self.individual:
            return self._once(recipient)
        return self._mail(html, self._fields(recipient))

    def _once(self, recipient: Recipient) -> LetterText:
        if not self._circular:
            self._circular["text"] = self._rendered(recipient)
        return self._circular["text"]

    @property
    def individual(self) -> bool:
        """Whether each recipient gets a text of its own."""
        from coalizione_mailer.campaign.configuration import Form

        return self.configuration.letter.form is Form.INDIVIDUAL

    def _rendered(self, recipient: Recipient) -> LetterText:
        known = self._fields(recipient)
        return self._mail(self._render(LETTER, known), known)

    def _mail(self, html: str, known: Mapping[str, Any]) -> LetterText:
        email_html, email_text = (self._render(name, known) for name in (EMAIL_HTML, EMAIL_TEXT))
        return LetterText(html, self.inliner.inline(email_html), email_text)

    def _fields(self, recipient: Recipient) -> dict[str, Any]:
        """Return what the templates see; what all letters share was taken from the file once."""
        if not self.individual:
            return dict(self.shared)
        return {**self.shared, **personal(recipient, names=self.configuration.letter.names)}

    def _render(self, name: str, known: Mapping[str, Any]) -> str:
        try:
            return self.environment.get_template(name).render(known)
        except _RENDERING_ERRORS as error:
            raise ProblemsError([self._problem(error, known)]) from error

    def _compile(self, name: str) -> list[Problem]:
        """Compile one template; return what stands in the way."""
        file = self._file(name)
        try:
            self.environment.get_template(name)
        except TemplateNotFound:
            # An included file may be missing if the template says so; the rendering knows.
            return [Problem(Code.FILE_MISSING, file=file)] if name in NAMES else []
        except TemplateSyntaxError as error:
            return [_syntax_problem(error, file)]
        except UnicodeDecodeError as error:
            return [Problem(Code.FILE_UNREADABLE, file=file, found=str(error))]
        return []

    def _file(self, name: str) -> str:
        return str(_path(self.folder, name))

    def _problem(self, error: Exception, known: Mapping[str, Any]) -> Problem:
        """Say where a rendering failed, and over which field."""
        file, line = self._place(error)
        if isinstance(error, TemplateSyntaxError):
            return _syntax_problem(error, str(error.filename or file))
        if isinstance(error, TemplateNotFound):
            return Problem(Code.FILE_MISSING, file=self._file(str(error.name)))
        if not isinstance(error, _FieldMissingError):
            return Problem(Code.TEMPLATE_SYNTAX, file=file, line=line, found=str(error))
        owner = next((name for name, value in known.items() if value is error.owner), "")
        found = f"{owner}.{error.name}" if owner else error.name
        return Problem(
            Code.TEMPLATE_FIELD,
            file=file,
            line=line,
            found=found,
            expected=fields.nearest(found, known),
        )

    def _place(self, error: Exception) -> tuple[str | None, int | None]:
        """Return file and line of the innermost template the error passed through."""
        reached = {self._file(name) for name in _trees(self.environment)}
        places = [
            (frame.filename, frame.lineno)
            for frame in traceback.extract_tb(error.__traceback__)
            if Path(frame.filename).is_relative_to(self.folder) or frame.filename in reached
        ]
        return places[-1] if places else (None, None)


def files_of(folder: Path) -> list[Path]:
    """Return what a letter is made of, sorted: every file of the folder, and what lies beside it.

    Of that what the templates reach; a file that is not there is none. Raises OSError.
    """
    reached = (_path(folder, name) for name in _trees(environment_of(folder)))
    beside = {path for path in reached if path.is_relative_to(folder.parent)}
    return sorted(path for path in {*folder.rglob("*"), *beside} if path.is_file())


def environment_of(folder: Path) -> ImmutableSandboxedEnvironment:
    """Return the environment in which templates of a folder are compiled, with our filters."""
    environment = _Environment(
        loader=ChoiceLoader(
            (FileSystemLoader(folder), PrefixLoader({_BESIDE: FileSystemLoader(folder.parent)}))
        ),
        auto_reload=False,  # what was checked is what is rendered
        undefined=_Missing,
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(FILTERS)
    return environment


def _trees(environment: Environment) -> dict[str, nodes.Template]:
    """Parse the three templates and all they include, extend or import; by name."""
    trees: dict[str, nodes.Template] = {}
    waiting = list(NAMES)
    while waiting:
        name = waiting.pop(0)
        tree = trees[name] = _parsed(environment, name)
        reached = meta.find_referenced_templates(tree)
        waiting += [found for found in reached if found and found not in (*trees, *waiting)]
    return trees


def _parsed(environment: Environment, name: str) -> nodes.Template:
    """Parse one template; what cannot be read or parsed is empty: compiling it tells why."""
    assert environment.loader is not None
    with suppress(TemplateError, UnicodeDecodeError):
        source, _, _ = environment.loader.get_source(environment, name)
        return environment.parse(source, name)
    return nodes.Template([])


def _path(folder: Path, name: str) -> Path:
    """Return where a template lies, as its own frames name it: without any ``..``."""
    return Path(os.path.normpath(folder / name))


def _syntax_problem(error: TemplateSyntaxError, file: str) -> Problem:
    return Problem(
        Code.TEMPLATE_SYNTAX,
        file=str(error.filename or file),
        line=error.lineno,
        found=error.message,
    )
