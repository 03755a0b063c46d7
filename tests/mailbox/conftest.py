"""A provider that an authority vouches for, made once."""

import pytest

from coalizione_mailer.mailbox.authorities import Authorities
from tests.support.pec_provider import Identity, Provider, root


@pytest.fixture(scope="session")
def authority() -> Identity:
    return root()


@pytest.fixture(scope="session")
def provider(authority: Identity) -> Provider:
    return Provider(authority.issue("Posta Certificata Prova"))


@pytest.fixture(scope="session")
def trusted(authority: Identity) -> Authorities:
    return Authorities((authority.der,))
