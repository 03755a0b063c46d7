"""One protocol-numbered letter to many Comuni: rendered, sent exactly once, provable.

Where things become other things: a Comune becomes a letter in ``letter``, a letter a message
in ``letter.message``, a message a delivery in ``freeze`` and ``dispatch``.
"""

__version__ = "0.1.0"
