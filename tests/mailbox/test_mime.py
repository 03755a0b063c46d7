"""Mail of strangers is taken apart without raising, and every part stays true to its bytes."""

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.markup import readable
from tests.support.effort import takes_much


def letter(text: str = "Città", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Perché no: " + "molto lungo " * 12
    message["From"] = "Comune di Prova <protocollo@comune.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def test_headers_are_found_in_any_case_unfolded_and_decoded() -> None:
    part = mime.parse(letter().as_bytes())
    assert part.words("SUBJECT").startswith("Perché no: molto lungo molto lungo")
    assert mime.address(part.first("from")) == "protocollo@comune.example"
    assert part.first("x-nessuno") == ""


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_text_is_decoded_whatever_carries_it(charset: str, encoding: str) -> None:
    message = EmailMessage()
    message.set_content("Perché no, città", charset=charset, cte=encoding)
    assert mime.text_body(mime.parse(message.as_bytes())).strip() == "Perché no, città"


def test_plain_text_goes_before_html_and_html_before_nothing() -> None:
    message = letter("scritto")
    message.add_alternative("<p>ricco</p>", subtype="html")
    assert mime.text_body(mime.parse(message.as_bytes())).strip() == "scritto"
    only = EmailMessage()
    only.set_content("<p>ricco</p><p>due</p>", subtype="html")
    assert mime.text_body(mime.parse(only.as_bytes())) == "ricco\n\ndue"


def test_every_readable_text_is_given_and_no_attachment() -> None:
    message = letter("scritto")
    message.add_alternative("<p>ricco</p>", subtype="html")
    message.add_attachment("allegato", filename="nota.txt")
    assert [text.strip() for text in mime.texts(mime.parse(message.as_bytes()))] == [
        "scritto",
        "ricco",
    ]


def test_line_ends_of_an_old_macintosh_are_read() -> None:
    part = mime.parse(b"\r\rSubject: Invito\r\rtesto\r")
    assert (part.first("subject"), part.text) == ("Invito", "testo\n")


def test_a_long_text_is_cut_between_two_lines() -> None:
    raw = b"Content-Type: text/plain; charset=utf-8\n\n" + "città\n".encode() * 200_000
    text = mime.parse(raw).text
    assert len(text.encode()) <= mime.MOST_TEXT
    assert set(text.splitlines()) == {"città"}


@pytest.mark.parametrize("charset", ["nessuno", "idna", "utf-8"])
def test_a_charset_that_is_wrong_costs_no_text(charset: str) -> None:
    assert mime.characters("città".encode("latin-1"), charset) == "città"


def test_parts_are_the_bytes_between_their_delimiters() -> None:
    raw = (
        b"Content-Type: multipart/signed; boundary=b\r\n\r\nx\r\n--b\r\nA: 1\r\n\r\nuno\r\n\r\n"
        b"--b  \r\n\r\ndue\r\n--bb\r\n--b--\r\nfine"
    )
    assert [part.raw for part in mime.parse(raw).parts] == [
        b"A: 1\r\n\r\nuno\r\n",
        b"\r\ndue\r\n--bb",
    ]


def test_a_lost_closing_delimiter_loses_nothing() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nuno\n--b\n\ndue\n"
    assert [part.content for part in mime.parse(raw).parts] == [b"uno", b"due\n"]


def test_enclosed_messages_are_entered_only_when_asked() -> None:
    outer = letter("fuori")
    outer.add_attachment(letter("dentro"))
    part = mime.parse(outer.as_bytes())
    assert [each.content_type for each in mime.walk(part)].count("text/plain") == 1
    inside = [each.text.strip() for each in mime.walk(part, inside_messages=True)]
    assert "dentro" in inside
    assert [mime.text_body(mime.parse(each)).strip() for each in mime.messages(part)] == ["dentro"]


def test_base64_that_is_declared_and_is_none_does_not_hide_a_message() -> None:
    raw = (
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"Subject: Invito\r\n\r\nx"
    )
    inner = mime.enclosed(mime.parse(raw))
    assert inner is not None
    assert mime.parse(inner).first("subject") == "Invito"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Comune <a@b.example>", "a@b.example"),
        ('"c@d.example" <A@b.example>', "a@b.example"),
        ("a@b.example (Ufficio)", "a@b.example"),
        ("nessuno", ""),
        ("<<<(((", ""),
    ],
)
def test_the_address_of_a_header_is_the_angled_one(value: str, found: str) -> None:
    assert mime.address(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("<a@b.example> <c@d.example>", ("a@b.example", "c@d.example")),
        ("&lt;a@b.example&gt;", ("a@b.example",)),
        (" a@b.example ", ("a@b.example",)),
        ("", ()),
    ],
)
def test_message_ids_come_with_brackets_and_without(value: str, found: tuple[str, ...]) -> None:
    assert mime.identifiers(value) == found


@pytest.mark.parametrize("value", ["ieri", "", "Wed, 99 Sep 2017 12:00:00", "1" * 5000])
def test_a_date_that_cannot_be_read_is_none(value: str) -> None:
    assert mime.date(mime.parse(f"Date: {value}\r\n\r\n".encode())) is None


def test_a_name_in_pieces_is_put_together() -> None:
    value = "attachment; filename*0*=utf-8''citt%C3%A0; filename*1=.pdf"
    assert mime.parameter(value, "filename") == "città.pdf"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Uno<br>due</p><p>tre&nbsp;&lt;4</p>", "Uno\ndue\n\ntre <4"),
        ("<style>p{}</style><script>alert(1)</script>x", "x"),
        ("a < b <!-- no --> c", "a < b c"),
        ("<div", "<div"),
        ("<!-- mai chiuso", ""),
    ],
)
def test_html_becomes_words(source: str, words: str) -> None:
    assert readable(source) == words


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(9000)
        ),
        b"Content-Type: message/rfc822\n\n" * 20_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 200_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b" * 200_000,
        b"Subject: " + b"a" * 2_000_000,
        b"A: b\n" * 200_000,
        b"From: " + b"(" * 200_000,
        b"Subject: " + b"=?utf-8?q?" * 50_000,
        b"Content-Type: text/html\n\n" + b"<a " * 200_000,
        b"Content-Type: text/html\n\n" + b"<!-- <![CDATA[" * 50_000,
    ],
    ids=lambda raw: raw[-12:].decode("ascii").strip(),
)
def test_no_message_takes_long(raw: bytes) -> None:
    def read() -> None:
        part = mime.parse(raw)
        assert len(list(mime.walk(part, inside_messages=True))) <= mime.MOST_PARTS
        mime.text_body(part)
        mime.decoded(part.first("subject"))
        mime.address(part.first("from"))

    assert not takes_much(read)


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_no_bytes_raise(raw: bytes) -> None:
    part = mime.parse(b"Content-Type: multipart/mixed; boundary=b\r\n" + raw)
    for each in mime.walk(part, inside_messages=True):
        assert each.raw in each.source
        assert isinstance(each.text + each.filename + each.words("subject"), str)
    assert isinstance(mime.text_body(part), str)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_html_raises(source: str) -> None:
    assert isinstance(readable(source), str)
