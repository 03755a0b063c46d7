"""What the sender's domain says of its mail: SPF (RFC 7208) and DMARC (RFC 7489).

Only ordinary mail is judged by them; PEC providers trust each other by their signatures.
"""

from collections.abc import Callable, Iterator, Sequence

from coalizione_mailer.errors import Code, Problem, Severity

Texts = Callable[[str], Sequence[str]]
"""The TXT records of a name, none where there are none; raises OSError when nobody answers."""

_PATIENCE = 5.0


def sender_policy(address: str, texts: Texts) -> list[Problem]:
    """Name what receivers will hold against mail from this address."""
    domain = address.rpartition("@")[2].lower()
    try:
        return [*_spf(domain, texts(domain)), *_dmarc(domain, texts)]
    except OSError:
        return [Problem(Code.DNS_SILENT, Severity.INFO, found=domain)]


def txt_records(name: str) -> list[str]:
    """Ask the DNS for the TXT records of a name; raises OSError when nobody answers."""
    from dns import exception, resolver

    try:
        answer = resolver.resolve(name, "TXT", lifetime=_PATIENCE)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return []
    except exception.DNSException as error:
        raise OSError(name) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _spf(domain: str, found: Sequence[str]) -> Iterator[Problem]:
    records = [text for text in found if text.lower().split(" ")[0] == "v=spf1"]
    if not records:
        yield Problem(Code.SPF_MISSING, Severity.WARNING, found=domain)
    elif len(records) > 1:
        # RFC 7208, 4.5: more than one is a permanent error.
        yield Problem(Code.SPF_WRONG, Severity.WARNING, found=domain, expected=tuple(records))
    elif records[0].lower().split() == ["v=spf1", "-all"]:
        yield Problem(Code.SPF_NO_MAIL, Severity.ERROR, found=domain)


def _dmarc(domain: str, texts: Texts) -> Iterator[Problem]:
    """Look at the domain, then at the ones above it, down to two labels."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        name = ".".join(labels[start:])
        records = [t for t in texts(f"_dmarc.{name}") if t.lower().startswith("v=dmarc1")]
        if records:
            return
    yield Problem(Code.DMARC_MISSING, Severity.WARNING, found=domain)
