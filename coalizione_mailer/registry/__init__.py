"""The ISTAT register, the address book, and who of them a campaign writes to.

``read_register`` and ``read_addresses`` read files; ``select`` and ``recipients`` decide on
values. pandas is loaded when a file is read, and lives nowhere else.
"""

from coalizione_mailer.registry.addresses import AddressBook, read_addresses, recipients
from coalizione_mailer.registry.gazetteer import label
from coalizione_mailer.registry.reader import read_register
from coalizione_mailer.registry.register import Register
from coalizione_mailer.registry.selection import select

__all__ = [
    "AddressBook",
    "Register",
    "label",
    "read_addresses",
    "read_register",
    "recipients",
    "select",
]
