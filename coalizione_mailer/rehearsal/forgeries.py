"""Receipts that nobody entitled to wrote: each says the opposite of what is true."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from coalizione_mailer.rehearsal import mime
from coalizione_mailer.rehearsal.certified import Posting, Provider, sealed
from coalizione_mailer.rehearsal.daticert import Fact
from coalizione_mailer.rehearsal.receipts import receipt, receipt_body, receipt_head


def forged(
    provider: Provider, stranger: Provider, posting: Posting, fact: Fact, lot: random.Random
) -> bytes:
    """Write a receipt as if by a provider; ``stranger`` is who really does."""
    return lot.choice(_WAYS)(provider, stranger, posting, fact)


def _unsigned(provider: Provider, _stranger: Provider, posting: Posting, fact: Fact) -> bytes:
    """Only look like one."""
    head = receipt_head(provider, posting, fact)
    return mime.message(head, receipt_body(provider, posting, fact))


def _signed_by_another(
    provider: Provider, stranger: Provider, posting: Posting, fact: Fact
) -> bytes:
    """Sign rightly, as somebody else: by no authority that is trusted, or another provider."""
    as_if = Provider(provider.name, provider.domain, stranger.seal, provider.habits)
    return receipt(as_if, posting, fact)


def _signature_of_something_else(
    provider: Provider, _stranger: Provider, posting: Posting, fact: Fact
) -> bytes:
    """Take the signature from another message of the same provider."""
    body = receipt_body(provider, posting, fact)
    borrowed = provider.seal.sign(b"Content-Type: text/plain\r\n\r\nun altro messaggio")
    return sealed(provider, receipt_head(provider, posting, fact), body, borrowed)


def _changed_after_signing(
    provider: Provider, _stranger: Provider, posting: Posting, fact: Fact
) -> bytes:
    """Change one word of what was signed."""
    whole = receipt(provider, posting, fact)
    return whole.replace(b"Il giorno", b"Nel giorno", 1)


def _under_another_header(
    provider: Provider, _stranger: Provider, posting: Posting, fact: Fact
) -> bytes:
    """Put our header over a true receipt of somebody else's letter: no signature covers a header.

    RFC 8551, section 3.1.
    """
    other = replace(
        posting,
        recipient="protocollo@altrove.example",
        message_id="<un.altro@altrove.example>",
        identificativo=f"opec.altro@{provider.domain}",
    )
    return sealed(
        provider, receipt_head(provider, posting, fact), receipt_body(provider, other, fact)
    )


_WAYS: Sequence[Callable[[Provider, Provider, Posting, Fact], bytes]] = (
    _unsigned,
    _signed_by_another,
    _signature_of_something_else,
    _changed_after_signing,
    _under_another_header,
)
