"""The message: what any mail program reads in it is what was put in, whatever that is."""

import base64
import email
import email.policy
import hashlib
import re
from datetime import datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.headerregistry import Address, UniqueAddressHeader
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coalizione_mailer.letter.message import (
    Body,
    Composer,
    File,
    Mailbox,
    Stationery,
    ascii_name,
    base64_lines,
    is_canonical,
    is_head_of,
    join,
    key_of,
    message_id,
    quoted_printable,
    unique_id,
)

ROME = timezone(timedelta(hours=2))
ADDRESS = "protocollo@pec.comune.forli.fc.example"
LETTER = bytes(range(256))
PROGRAMME = File("programma.pdf", b"%PDF-1.7 programma" * 9)
TEXT = "Caro Sindaco,\n\n.un punto a capo\nè più che un'àncora\n\n-- \nfine"
BODY = Body(TEXT, f"<p>{TEXT}</p>")
HEADERS = [
    *("From", "Reply-To", "Subject", "Date", "MIME-Version", "Content-Language"),
    *("To", "Message-ID", "Content-Type"),
]


def stationery(
    subject: str = "Invito", name: str = "Segreteria", extra: tuple[tuple[str, str], ...] = ()
) -> Stationery:
    return Stationery(
        sender_name=name,
        sender_address="segreteria@ente.example",
        reply_to="risposte@ente.example",
        subject=subject,
        date=datetime(2017, 9, 18, 9, 30, tzinfo=ROME),
        identity="5eed",
        extra_headers=extra,
    )


def written(
    paper: Stationery | None = None,
    to: Mailbox | None = None,
    body: Body = BODY,
    letter: File | None = None,
    attachments: tuple[File, ...] = (PROGRAMME,),
) -> bytes:
    """Write a whole message; what is not given is plain."""
    composer = Composer(paper or stationery(), attachments)
    letter = letter or File("prot-166-2017-forli.pdf", LETTER)
    head = composer.head("r1.D704", to or Mailbox("Forlì", ADDRESS), body, letter.name)
    return join(head, letter.content, composer.frame)


def read(message: bytes) -> EmailMessage:
    """Read a message as a stranger would; nothing in it is amiss."""
    assert is_canonical(message)
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    for part in parsed.walk():
        assert part.defects == []
        assert [header.defects for header in part.values()] == [()] * len(part)
    return parsed


def recipient(parsed: EmailMessage) -> Address:
    """The one recipient of a message."""
    header = parsed["To"]
    assert isinstance(header, UniqueAddressHeader)
    (address,) = header.addresses
    return address


def display_name(message: bytes) -> str:
    """The recipient's name, by the older of the standard library's two readers.

    The newer one, until Python 3.13, leaves the blanks between encoded words (RFC 2047, 6.2).
    """
    name, _ = parseaddr(email.message_from_bytes(message)["To"])
    return str(make_header(decode_header(name)))


def lines(text: str) -> str:
    """A text with the ends of its lines as they come back."""
    return "\n".join(text.splitlines()) + "\n"


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert written() == written()
    composer = Composer(stationery(), [PROGRAMME])
    heads = {composer.head("r1.D704", Mailbox("Forlì", ADDRESS), BODY, "a.pdf") for _ in range(3)}
    assert len(heads) == 1


def test_the_bodies_stand_beside_each_other_then_the_letter_then_the_attachments() -> None:
    second = File("Mappa.PNG", b"\x89PNG")
    parsed = read(written(attachments=(PROGRAMME, second)))
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
        "application/pdf",
        "image/png",
    ]
    assert [
        (part.get_filename(), part.get_content_disposition(), part.get_content())
        for part in parsed.iter_attachments()
    ] == [
        ("prot-166-2017-forli.pdf", "attachment", LETTER),
        ("programma.pdf", "attachment", PROGRAMME.content),
        ("mappa.png", "attachment", b"\x89PNG"),
    ]
    for kind, text in (("plain", BODY.text), ("html", BODY.html)):
        part = parsed.get_body((kind,))
        assert isinstance(part, EmailMessage)
        assert part.get_content().replace("\r\n", "\n") == lines(text)


def test_a_message_without_attachments_is_whole() -> None:
    parsed = read(written(attachments=()))
    assert [part.get_content() for part in parsed.iter_attachments()] == [LETTER]


def test_headers_say_who_writes_to_whom_about_what_and_when() -> None:
    subject = "Invito: \"È l'ora\", dell'integrazione – perché no?"
    paper = stationery(subject, "ANCI, Segreteria «più»", (("X-TipoRicevuta", "breve"),))
    parsed = read(written(paper))
    assert parsed.keys() == [*HEADERS[:6], "X-TipoRicevuta", *HEADERS[6:]]
    assert parsed["From"].addresses == (
        Address("ANCI, Segreteria «più»", addr_spec="segreteria@ente.example"),
    )
    assert parsed["Reply-To"].addresses == (Address("", addr_spec="risposte@ente.example"),)
    assert recipient(parsed) == Address("Forlì", addr_spec=ADDRESS)
    assert parsed["Subject"] == subject
    assert parsed["Date"].datetime == datetime(2017, 9, 18, 9, 30, tzinfo=ROME)
    assert parsed["Message-ID"] == message_id(paper, "r1.D704")
    assert parsed["Content-Language"] == "it"
    assert parsed["X-TipoRicevuta"] == "breve"
    assert "Auto-Submitted" not in parsed


def test_every_letter_has_a_message_id_of_its_own_before_the_at_sign() -> None:
    other = Stationery(
        "",
        "segreteria@ente.example",
        "a@b.example",
        "",
        datetime(2017, 9, 18, tzinfo=ROME),
        "0ther",
    )
    papers = (stationery(), other)
    ids = [
        message_id(p, f"r{n}.{code}") for p in papers for n in (1, 2) for code in ("A001", "L840")
    ]
    assert all(re.fullmatch(r"<[a-z0-9.]+@ente\.example>", found) for found in ids)
    assert len({found.partition("@")[0] for found in ids}) == len(ids) == 8


def test_a_message_id_vouches_for_the_letter_that_goes_with_it() -> None:
    one, other = (hashlib.sha256(content).hexdigest() for content in (LETTER, LETTER + b"."))
    ids = [message_id(stationery(), "r1.D704", letter) for letter in ("", one, other)]
    assert len(set(ids)) == 3
    assert unique_id("5eed", key_of(1, "D704"), "ente.example", one) == ids[1]


@pytest.mark.parametrize("name", ["Forlì", "Vicenza", "", "Una parola lunga " * 9 + "e oltre"])
def test_a_head_is_known_by_its_message_id_and_its_address(name: str) -> None:
    own_id = message_id(stationery(), "r1.D704")
    head = written(to=Mailbox(name, ADDRESS))
    assert is_head_of(head, own_id, ADDRESS)
    assert not is_head_of(head, own_id, "altri@forli.example")
    assert not is_head_of(head, own_id, ADDRESS[1:])
    assert not is_head_of(head, message_id(stationery(), "r1.L840"), ADDRESS)
    assert not is_head_of(head, own_id[1:-1], ADDRESS)


# Text that has broken mail programs before.
NASTY = st.sampled_from(
    [
        *(
            "\r\n",
            "\n",
            "\r",
            "\r\n ",
            "\n\t",
            "\0",
            "\x0b",
            "\x0c",
            "\x1c",
            "\x1e",
            "\x85",
            "\x7f",
        ),
        *("\u2028", "\u2029", "\ud800", "\udfff", "\udc0a", "\u202e", "\u200b", "\ufeff", "\u00ad"),
        *("\r\nBcc: x@evil.example", "\nSubject: no", "\r\n\r\n<p>", "\u560d\u560a"),
        *("=?utf-8?q?a?=", "=?utf-8?b?DQpCY2M6IHg=?=", "=?utf-8?q?=0D=0ABcc:?=", "=?", "?=", "=0A"),
        *(
            ", x@evil.example",
            "; ",
            ">, <x@evil.example>",
            "<x@evil.example>",
            '"',
            "\\",
            '\\"',
            "(",
            ")",
        ),
        *(":", "@", "[", "]", ".", " ", "  ", "\t", "%0d%0a", "--=_mixed_", "\r\n.\r\n", "'", "''"),
        *(
            "Forlì",
            "Sant'Àgata",
            "𝔽",
            "e\u0301",
            "日本語",
            "🏛",
            "ß",
            "a" * 80,
            "è" * 80,
            "x" * 1000,
        ),
    ]
)
ANY = st.lists(NASTY | st.text(st.characters(), max_size=5) | st.text(), max_size=6).map("".join)
# The spelling of names and subjects that a person can have meant.
DECENT = ANY.filter(
    lambda text: not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", text)
)


@settings(deadline=None)
@given(ANY, ANY)
@example("Forlì\r\nBcc: x@evil.example", "")
@example("=?utf-8?q?x?=", "=?utf-8?q?=0D=0ABcc=3A?=")
@example("a" * 2000, "b" * 2000)
@example('", x@evil.example', "")
def test_no_name_and_no_subject_can_add_a_header_or_a_recipient(name: str, subject: str) -> None:
    for subject_, sender, to in ((subject, "x", "x"), ("x", name, "x"), ("x", "x", name)):
        try:
            message = written(stationery(subject_, sender), Mailbox(to, ADDRESS))
        except ValueError:
            continue
        parsed = read(message)
        assert parsed.keys() == HEADERS
        assert recipient(parsed).addr_spec == ADDRESS
        assert [a.addr_spec for a in parsed["From"].addresses] == ["segreteria@ente.example"]


@settings(deadline=None)
@given(DECENT, DECENT)
@example(" ", " a  b ")
@example("=?utf-8?q?x?= =?utf-8?q?y?=", "=?utf-8?q?x?= =?utf-8?q?y?=")
@example("b" * 2000, "b " * 2000)
@example("a, b", "")
@example('"', '"')
def test_every_decent_name_and_subject_comes_back_as_it_was(name: str, subject: str) -> None:
    message = written(stationery(subject), Mailbox(name, ADDRESS))
    assert display_name(message) == name
    assert read(message)["Subject"] == subject


@settings(deadline=None)
@given(ANY | st.tuples(ANY, ANY).map("@".join) | ANY.map(lambda text: f"{ADDRESS}{text}"))
@example("=?utf-8?q?a?=@ente.example")
@example("a..b@ente.example")
@example(".a@ente.example")
@example("a@[127.0.0.1]")
@example(f"{ADDRESS}\n")
@example("a+b=c@ente.example")
def test_an_address_is_refused_or_is_the_only_recipient(address: str) -> None:
    try:
        to = Mailbox("Forlì", address)
    except ValueError:
        return
    parsed = read(written(to=to))
    assert parsed.keys() == HEADERS
    assert recipient(parsed) == Address("Forlì", addr_spec=address)
    nameless = read(written(to=Mailbox("", address)))
    assert recipient(nameless) == Address("", addr_spec=address)


@pytest.mark.parametrize(
    "address",
    [
        "protocollo@pec.comune.vicenza.example",
        "a@b.example",
        "o'neill+tag=x_y/z#1@x-y.example",
        "{a}|b~c!d$e%f&g*h^i`j?@ente.example",
        "a" * 64 + "@" + "b" * 63 + ".example",
        "a@" + ".".join(["b" * 60] * 4) + ".it",
    ],
)
def test_plain_addresses_of_any_length_are_taken(address: str) -> None:
    assert recipient(read(written(to=Mailbox("Vicenza", address)))).addr_spec == address


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "@",
            "a@",
            "@b.example",
            "a b@c.example",
            "a@b c.it",
            "à@b.example",
            "a@è.it",
            "a@b@c.example",
            "a@b..example",
        ),
        *(
            "<a@b.example>",
            "a,b@c.example",
            '"a"@b.example',
            "a@b.example, c@d.example",
            "a@b.example\r\n",
            "a@-b.example",
            "a@b-.example",
        ),
        "a" * 65 + "@b.example",
        "a@" + "b" * 64 + ".it",
    ],
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(address)}$"):
        Mailbox("", address)


@settings(deadline=None)
@given(ANY, ANY)
@example("prot-166.pdf", "../../etc/passwd")
@example("Più àncora.PDF", "日本.pdf")
@example("x" * 300 + ".pdf", 'a".pdf\r\nX-Evil: 1')
def test_no_file_name_can_add_a_header_and_all_are_plain_ascii(letter: str, other: str) -> None:
    parsed = read(written(letter=File(letter, LETTER), attachments=(File(other, b"x"),)))
    assert parsed.keys() == HEADERS
    parts = list(parsed.iter_attachments())
    assert [part.get_content() for part in parts] == [LETTER, b"x"]
    for part in parts:
        assert part.keys() == ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition"]
        assert part.get_filename() == part.get_param("name")
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,99}", str(part.get_filename()))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("programma.pdf", "programma.pdf"),
        ("Programma della giornata (bozza 2).PDF", "programma-della-giornata-bozza-2.pdf"),
        ("Sant'Àgata de' Goti.pdf", "sant-agata-de-goti.pdf"),
        ("日本.pdf", "file.pdf"),
        ("...", "file"),
        ("", "file"),
        (".pdf", "file.pdf"),
        ("a.tar.gz", "a.tar.gz"),
        ("lettera. pdf", "lettera.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_file_names_stay_readable(name: str, plain: str) -> None:
    assert ascii_name(name) == plain


@settings(deadline=None)
@given(ANY, ANY)
@example(".\r\n..\r\n", "\r\n.\r\n")
@example("--=_mixed_1\r\n--=_alternative_--", "From me\n")
@example("a \nb\t\n", " " * 200)
def test_bodies_come_back_as_they_were(text: str, html: str) -> None:
    try:
        message = written(body=Body(text, html))
    except UnicodeEncodeError:
        assert any("\ud800" <= c <= "\udfff" for c in text + html)
        return
    parsed = read(message)
    assert parsed.keys() == HEADERS
    for kind, given_text in (("plain", text), ("html", html)):
        part = parsed.get_body((kind,))
        assert isinstance(part, EmailMessage)
        assert part.get_content().replace("\r\n", "\n") == lines(given_text)


@given(st.binary(max_size=500))
def test_base64_is_that_of_the_standard_library(content: bytes) -> None:
    assert base64_lines(content) == base64.encodebytes(content).replace(b"\n", b"\r\n")


@settings(deadline=None)
@given(st.binary(max_size=500), st.binary(max_size=500), ANY)
def test_no_content_has_a_boundary_in_it(letter: bytes, attachment: bytes, text: str) -> None:
    contents = [base64_lines(letter), base64_lines(attachment)]
    if not re.search(r"[\ud800-\udfff]", text):
        contents.append(quoted_printable(text))
    assert not any(b"=_" in content for content in contents)
    message = written(
        letter=File("a.pdf", letter), attachments=(File("b.bin", attachment),), body=Body("", "")
    )
    parsed = read(message)
    boundaries = {part.get_boundary() for part in parsed.walk() if part.is_multipart()}
    assert {boundary[:2] for boundary in boundaries if boundary} == {"=_"}
    # Once where it is named, once before each part, once at the end.
    found = {boundary: message.count(str(boundary).encode()) for boundary in boundaries}
    assert sorted(found.values()) == [1 + 2 + 1, 1 + 3 + 1]
    assert [part.get_content() for part in parsed.iter_attachments()] == [letter, attachment]


@settings(deadline=None)
@given(DECENT, DECENT)
@example("è" * 500, "una parola e poi un'altra " * 50)
def test_headers_are_folded_where_they_can_be(name: str, subject: str) -> None:
    message = written(stationery(subject, name), Mailbox(name, ADDRESS))
    head = message.partition(b"\r\n\r\n")[0].split(b"\r\n")
    for line in head:
        assert len(line) <= 78 or b" " not in line.strip()
        assert line.isascii()
    assert all(len(line) <= 78 for line in message.split(b"\r\n")[len(head) :])


def test_a_part_head_is_no_longer_than_a_line_may_be() -> None:
    for line in written(letter=File("x" * 300 + ".pdf", LETTER)).split(b"\r\n"):
        assert len(line) <= 998


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-TipoRicevuta", "breve\r\nBcc: x@y.example"),
        ("X-A", "è"),
        ("X-A\r\nBcc", "x"),
        ("X-A", "\0"),
    ],
)
def test_a_constant_header_cannot_bring_another(name: str, value: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the codec's own for what is not ASCII
        written(stationery(extra=((name, value),)))


@pytest.mark.parametrize(
    ("message", "canonical"),
    [
        (b"a: b\r\n\r\nc\r\n", True),
        (b"a: b\r\n\r\n" + b"c" * 998 + b"\r\n", True),
        (b"a: b\r\n\r\n" + b"c" * 999 + b"\r\n", False),
        (b"a: b\r\n\r\nc", False),
        (b"a: b\n\nc\n", False),
        (b"a: b\r\n\r\nc\rd\r\n", False),
        (b"a: b\r\n\r\nc\nd\r\n", False),
        (b"a: b\r\n\r\n\r\r\n", False),
        (b"", False),
    ],
)
def test_only_what_travels_unchanged_is_canonical(message: bytes, *, canonical: bool) -> None:
    assert is_canonical(message) is canonical
