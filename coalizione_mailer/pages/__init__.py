"""Pages and sheets handed to people: their templates (Jinja2), and the Italian words in them."""

from coalizione_mailer.pages.printing import page
from coalizione_mailer.pages.times import in_rome

__all__ = ["in_rome", "page"]
