"""Messages that came back, written for these tests in the forms that mail systems use."""

OURS = "3f9c1e.016@coalizione.example"
WE = "segreteria@coalizione.example"
THEY = "protocollo@comune.sovizzo.example"

RETURNED = f"""\
Return-Path: <{WE}>
Received: from ufficio.coalizione.example by relay.example; Mon, 18 Sep 2017 10:00:00 +0200
Message-ID: <{OURS}>
From: Segreteria <{WE}>
To: {THEY}
Subject: Invito

Caro Sindaco,
"""


def message(
    text: str,
    *,
    sender: str = "Mail Delivery System <MAILER-DAEMON@relay.example>",
    subject: str = "Undelivered Mail Returned to Sender",
    more: str = "",
) -> bytes:
    """Make a plain message as a mail system writes it."""
    return (
        f"From: {sender}\nTo: {WE}\nSubject: {subject}\nMessage-ID: <dsn.1@relay.example>\n"
        f"Date: Mon, 18 Sep 2017 10:05:00 +0200\n{more}"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}"
    ).encode()


def mixed(text: str, *, subtype: str = "mixed", returned: str = RETURNED, **head: str) -> bytes:
    """Make a notice that encloses our message."""
    head.setdefault("subject", "Undeliverable")
    plain = message(text, **head)
    top, _, body = plain.decode().partition("\n\n")
    top = top.replace("text/plain; charset=utf-8", f'multipart/{subtype}; boundary="=_x"')
    return (
        f"{top}\n\n--=_x\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
        f"--=_x\nContent-Type: message/rfc822\n\n{returned}\n--=_x--\n"
    ).encode()


def report(
    *recipients: str,
    text: str = "This is the mail system.",
    returned: str = RETURNED,
    more: str = "",
) -> bytes:
    """Make a delivery status notification (RFC 3464) with these groups of fields."""
    groups = "\n\n".join(recipients)
    return (
        f"From: MAILER-DAEMON@relay.example\nTo: {WE}\nSubject: Delivery report\n{more}"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_r"\n\n'
        f"--=_r\nContent-Type: text/plain\n\n{text}\n"
        "--=_r\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; relay.example\n\n{groups}\n"
        f"--=_r\nContent-Type: message/rfc822\n\n{returned}\n--=_r--\n"
    ).encode()


def group(
    final: str = THEY,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "",
    original: str = "",
) -> str:
    """Make the fields of one recipient."""
    lines = [f"Original-Recipient: rfc822;{original}"] if original else []
    lines += [f"Final-Recipient: rfc822; {final}", f"Action: {action}", f"Status: {status}"]
    lines += [f"Diagnostic-Code: smtp; {diagnostic}"] if diagnostic else []
    return "\n".join(lines)
