"""The authorities to trust are read from the files their owners publish."""

from pathlib import Path

import pytest

from coalizione_mailer.errors import Code, ProblemsError
from coalizione_mailer.mailbox.authorities import Authorities, load
from tests.support.pec_provider import Identity, root


def test_pem_bundles_and_der_files_are_read_and_each_counts_once(
    tmp_path: Path, authority: Identity
) -> None:
    other = root("Altra Autorità")
    (tmp_path / "bundle.pem").write_bytes(b"AgID\n" + authority.pem + other.pem)
    (tmp_path / "one.der").write_bytes(authority.der)
    found = load([tmp_path / "bundle.pem", tmp_path / "one.der"])
    assert found == Authorities((authority.der, other.der))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, Code.FILE_MISSING),
        (b"", Code.AUTHORITY_WRONG),
        (b"<html>", Code.AUTHORITY_WRONG),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", Code.AUTHORITY_WRONG),
        (b"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", Code.AUTHORITY_WRONG),
    ],
)
def test_a_file_without_certificates_is_one_problem(
    tmp_path: Path, content: bytes | None, code: Code
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ProblemsError) as caught:
        load([path])
    assert [(each.code, each.file) for each in caught.value.problems] == [(code, str(path))]


def test_a_folder_is_no_certificate(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        load([tmp_path])
    assert caught.value.problems[0].code is Code.FILE_UNREADABLE
