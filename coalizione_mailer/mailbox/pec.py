"""Certified mail (RFC 6109; DM 2/11/2005): which message is a receipt, which an envelope.

The headers at the top decide, X-Ricevuta before X-Trasporto; never the subject, which strangers
write, nor anything enclosed.
"""

from collections.abc import Callable

from coalizione_mailer.mailbox import envelope, mime, receipt
from coalizione_mailer.mailbox.authorities import Authorities
from coalizione_mailer.mailbox.reading import Kind, Reading
from coalizione_mailer.mailbox.signature import PROVIDER, verify


def read_pec(
    tree: mime.Part, authorities: Authorities | None, again: Callable[[bytes], Reading]
) -> Reading | None:
    """Read a message of certified mail; None where it is none.

    Without ``authorities`` only the signature's integrity and its signer's name are looked at.
    ``again`` classifies what an envelope carries; it is never given another envelope or receipt.
    """
    kind = _value(tree.first("x-ricevuta"))
    transport = _value(tree.first("x-trasporto"))
    if not kind and not transport:
        return _stranger(tree)
    signed = verify(tree, authorities or Authorities(), mime.date(tree))
    if kind:
        return receipt.read(tree, kind, signed)
    return envelope.read(tree, transport, signed, again)


def _value(text: str) -> str:
    return "-".join(text.lower().split())


def _stranger(tree: mime.Part) -> Reading | None:
    """Set aside what calls itself a provider's and has no certified header: advertising or fraud.

    Only providers write as ``posta-certificata@`` (RFC 6109, 2.1), and always with the headers.
    """
    sender = mime.address(tree.first("from"))
    if not sender.startswith(PROVIDER):
        return None
    return Reading(
        kind=Kind.OTHER,
        note="provider-without-headers",
        sender=sender,
        subject=tree.words("subject"),
        occurred=mime.date(tree),
        own_id=mime.identifier(tree.first("message-id")),
    )
