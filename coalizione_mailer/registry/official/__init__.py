"""The official files as they are downloaded: IPA, ISTAT, POSAS, the Interior Ministry.

Each reader turns one published format into the values of ``values``; nothing is decided here.
"""

from coalizione_mailer.registry.official.bodies import read_body_index
from coalizione_mailer.registry.official.comune_list import read_comune_list
from coalizione_mailer.registry.official.ministry import read_heads
from coalizione_mailer.registry.official.population import read_figures

__all__ = ["read_body_index", "read_comune_list", "read_figures", "read_heads"]
