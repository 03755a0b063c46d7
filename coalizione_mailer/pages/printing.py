"""Our own templates filled in: everything is escaped, a field that does not exist is a mistake."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from coalizione_mailer.pages import vocabulary

if TYPE_CHECKING:
    from jinja2 import Environment

_BUFFERED = 200


def page(template: str, **values: object) -> Iterator[bytes]:
    """Fill in a template of this package, piece by piece: a page may be longer than memory."""
    stream = _environment().get_template(template).stream(**values)
    stream.enable_buffering(_BUFFERED)
    for piece in stream:
        yield piece.encode()


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from coalizione_mailer.pages.forms import FORMS

    # Not by the file's ending: no template of ours may ever let markup through.
    environment = Environment(
        loader=PackageLoader("coalizione_mailer.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FORMS)
    environment.globals["parole"] = vocabulary
    return environment
