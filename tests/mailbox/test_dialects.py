"""Mail systems that do not speak RFC 3464: their forms, in our own words and addresses."""

import pytest

from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.reading import Cause, Kind, Reading, Severity
from tests.mailbox.letters_back import OURS, RETURNED, THEY, WE, message, mixed

EXIM = f"""\
A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {THEY}
    SMTP error from remote mail server after RCPT TO:<{THEY}>:
    host mx.sovizzo.example [192.0.2.7]: 550 5.1.1 <{THEY}>... User unknown

------ This is a copy of the message, including all the headers. ------

{RETURNED}"""
QMAIL = f"""\
Hi. This is the qmail-send program at relay.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<{THEY}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{RETURNED}"""
POSTFIX = f"""\
I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

For further assistance, please send mail to <postmaster@relay.example>

<{THEY}>: host mx.sovizzo.example[192.0.2.7] said: 552 5.2.2 Mailbox
    full (in reply to RCPT TO command)
"""
SENDMAIL = f"""\
The original message was received at Mon, 18 Sep 2017 10:00:00 +0200

   ----- The following addresses had permanent fatal errors -----
<{THEY}>

   ----- Transcript of session follows -----
... while talking to mx.sovizzo.example.:
>>> RCPT To:<{THEY}>
<<< 550 5.7.1 Message rejected as spam
"""
OLD_SENDMAIL = f"""\
   ----- Transcript of session follows -----
>>> RCPT To:<{THEY}>
<<< 550 <{THEY}>... User unknown
550 <{THEY}>... User unknown

   ----- Unsent message follows -----
{RETURNED}"""
EXCHANGE = f"""\
Your message

  To:      Sindaco
  Subject: Invito
  Sent:    18/09/2017 10:00

did not reach the following recipient(s):

{THEY} on Mon, 18 Sep 2017 10:05:00 +0200
    The recipient name is not recognized
        MSEXCH:IMS:COMUNE:SOVIZZO:MAIL 0 (000C05A6) Unknown Recipient
"""
X400 = f"""\
did not reach the following recipient(s):

c=IT;a= ;p=COMUNE;o=Sovizzo;dda:SMTP={THEY}; on Mon, 18 Sep 2017
    The recipient name is not recognized
"""
NOTES = f"""\
------- Failure Reasons  --------

User not listed in public Name & Address Book
{THEY}

------- Returned Message --------
{RETURNED}"""
GMAIL = f"""\
Delivery to the following recipient failed permanently:

     {THEY}

Technical details of permanent failure:
The email account that you tried to reach does not exist.

----- Original message -----
{RETURNED}"""
YAHOO = f"""\
Unable to deliver message to the following address(es).

<{THEY}>:
This account is over quota.

--- Original message follows.

{RETURNED}"""
ITALIAN = f"""\
Il messaggio non è stato recapitato ai seguenti destinatari:

{THEY}
   utente sconosciuto

Intestazioni del messaggio originale:
{RETURNED}"""
CLOSED = f"""\
Impossibile recapitare il messaggio al seguente indirizzo:

<{THEY}>: 550 5.7.1 la casella riceve solo Posta Certificata

Messaggio originale:
{RETURNED}"""
SENTENCE = f"""\
Your mail to {THEY} could not be delivered: there is no such domain.

Original message follows.
{RETURNED}"""
GERMAN = f"""\
Die Nachricht konnte an folgende Empfänger nicht zugestellt werden:

    {THEY}: Benutzer unbekannt

Die Originalnachricht:
{RETURNED}"""
TIMEOUT = f"""\
The following address failed:

<{THEY}>

Reason:
delivery retry timeout exceeded

--- The header of the original message is following. ---
{RETURNED}"""

TEXTS = [
    ("exim", EXIM, "hard", "dead"),
    ("qmail", QMAIL, "hard", "dead"),
    ("old sendmail", OLD_SENDMAIL, "hard", "dead"),
    ("notes", NOTES, "hard", "dead"),
    ("gmail", GMAIL, "hard", "dead"),
    ("yahoo", YAHOO, "soft", "full"),
    ("italian", ITALIAN, "hard", "dead"),
    ("closed to ordinary mail", CLOSED, "soft", "closed"),
    ("sentence", SENTENCE, "hard", "dead"),
    ("german", GERMAN, "hard", "dead"),
    ("timeout", TIMEOUT, "soft", "temporary"),
]
ENCLOSING = [
    ("postfix", POSTFIX, "soft", "full"),
    ("sendmail", SENDMAIL, "soft", "content"),
    ("exchange", EXCHANGE, "hard", "dead"),
    ("x.400", X400, "hard", "dead"),
]


def said(reading: Reading) -> tuple[str, tuple[str, ...], str | None, str | None, str]:
    return (
        str(reading.kind),
        reading.recipients,
        reading.outcome,
        reading.cause,
        reading.message_id,
    )


@pytest.mark.parametrize(("_name", "text", "severity", "cause"), TEXTS, ids=[r[0] for r in TEXTS])
def test_a_notice_that_quotes_our_message_in_its_text(
    _name: str, text: str, severity: str, cause: str
) -> None:
    assert said(classify(message(text))) == ("bounce", (THEY,), severity, cause, OURS)


@pytest.mark.parametrize(
    ("_name", "text", "severity", "cause"), ENCLOSING, ids=[row[0] for row in ENCLOSING]
)
def test_a_notice_that_encloses_our_message(
    _name: str, text: str, severity: str, cause: str
) -> None:
    assert said(classify(mixed(text))) == ("bounce", (THEY,), severity, cause, OURS)


def test_html_only_is_read_as_well() -> None:
    html = f"<p>Delivery has failed to these recipients:</p><p><a>{THEY}</a><br>User unknown</p>"
    raw = message(html).replace(b"text/plain", b"text/html")
    assert classify(raw).recipients == (THEY,)


def test_the_header_of_exim_and_gmail_is_believed_where_the_words_are_foreign() -> None:
    raw = message("Неизвестная ошибка", more=f"X-Failed-Recipients: {THEY}\n")
    assert said(classify(raw))[:2] == ("bounce", (THEY,))


def test_a_warning_is_a_delay() -> None:
    text = (
        "This is a warning message only. You do not need to resend.\n"
        f"Delivery to the following recipient has been delayed:\n\n  {THEY}\n"
    )
    reading = classify(message(text, subject="Delivery Status Notification (Delay)"))
    assert (reading.kind, reading.final, reading.recipients) == (Kind.DELAY, False, (THEY,))
    assert reading.outcome is Severity.SOFT


def test_a_notice_of_success_is_a_delivery() -> None:
    text = f"Your message was successfully delivered to the following recipients:\n\n{THEY}\n"
    reading = classify(message(text, subject="Successful mail delivery report"))
    assert (reading.kind, reading.outcome) == (Kind.DELIVERED, None)


def test_the_sender_and_those_who_help_are_no_recipients() -> None:
    text = f"Mail from {WE} failed. Ask postmaster@relay.example.\n\n<{THEY}>: no such user\n"
    assert classify(mixed(text)).recipients == (THEY,)


def test_a_notice_that_names_nobody_speaks_of_whom_we_wrote_to() -> None:
    reading = classify(mixed("Message could not be delivered.\nError: no valid recipients\n"))
    assert said(reading) == ("bounce", (THEY,), "hard", "dead", OURS)


def test_the_alias_we_wrote_to_stands_for_the_address_it_became() -> None:
    text = (
        "The following address(es) failed:\n\n  caselle@interno.example\n"
        f"    (generated from {THEY})\n    mailbox is full\n"
    )
    assert classify(mixed(text)).recipients == (THEY,)


def test_several_recipients_are_all_named() -> None:
    text = (
        "The following recipients could not be reached:\n\n"
        "a@x.example: user unknown\nb@x.example: user unknown\n"
    )
    assert classify(message(text)).recipients == ("a@x.example", "b@x.example")


def test_a_bounce_that_another_system_forwards_is_read_inside() -> None:
    inner = QMAIL.partition("--- Below")[0]
    within = message(inner, sender="MAILER-DAEMON@mx.sovizzo.example").decode()
    reading = classify(mixed("The original message was received.\n", returned=within))
    assert (reading.kind, reading.recipients) == (Kind.BOUNCE, (THEY,))


def test_a_person_who_quotes_a_bounce_answers() -> None:
    text = "Abbiamo ricevuto questo, che cosa dobbiamo fare?\n\n" + "\n".join(
        f"> {line}" for line in QMAIL.splitlines()
    )
    raw = message(
        text,
        sender="Ufficio <ufficio@comune.sovizzo.example>",
        subject="R: Undelivered Mail Returned to Sender",
        more=f"In-Reply-To: <{OURS}>\n",
    )
    assert classify(raw).kind is Kind.REPLY


def test_a_person_who_forwards_a_bounce_answers() -> None:
    raw = mixed(
        "Vi giro quanto ricevuto.\n",
        sender="Ufficio <ufficio@comune.sovizzo.example>",
        subject="I: Undelivered Mail Returned to Sender",
        more=f"In-Reply-To: <{OURS}>\nUser-Agent: Posta 1.0\n",
        returned=message(QMAIL).decode(),
    )
    assert classify(raw).kind is Kind.REPLY


def test_what_the_library_alone_knows_is_found() -> None:
    """A list of user names without domain, which flufl.bounce completes from the sender's."""
    text = (
        "Your mail to the following recipients could not be delivered because they are not "
        "accepting mail from segreteria@coalizione.example:\n\tsindaco\n"
    )
    # It knows this form by the domain; nothing is sent there.
    raw = message(text, sender="MAILER-DAEMON@aol.com", subject="Mail Delivery Problem")
    assert classify(raw).recipients == ("sindaco@aol.com",)


def test_a_challenge_is_no_bounce() -> None:
    raw = message(
        f"Per consegnare il Suo messaggio a {THEY} confermi di essere una persona: "
        "https://conferma.example/x",
        sender=f"Sovizzo <{THEY}>",
        subject="Conferma richiesta",
        more="Auto-Submitted: auto-replied\n",
    )
    assert classify(raw).kind is Kind.AUTO_REPLY


def test_the_cause_is_dead_for_a_domain_that_has_no_host() -> None:
    assert classify(message(SENTENCE)).cause is Cause.DEAD
