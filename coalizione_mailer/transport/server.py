"""The server that letters are handed to: where it is, how it is reached, what it must not tell."""

import base64
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Server:
    """Where to send and how; ``security`` is tls, starttls or none, ``timeout`` in seconds.

    ``dot_timeout`` is how long the answer to the final dot is waited for, where that is longer:
    a server may scan and file the letter first (RFC 5321, 4.5.3.2.6, wants ten minutes), and who
    hangs up before it answers makes a doubt.
    ``notify`` asks for delivery status notifications where the server offers them (RFC 3461).
    """

    host: str
    port: int
    security: str
    username: str = ""
    password: str = ""
    timeout: float = 60.0
    dot_timeout: float = 0.0
    ca_file: Path | None = None
    notify: bool = False

    def __repr__(self) -> str:
        """Never shows the password."""
        return f"Server({self.host}:{self.port}, {self.security})"

    def without_secrets(self, text: str) -> str:
        """Blot out the password, which a server may throw back at us as it came."""
        if not self.password:
            return text
        both = f"\0{self.username}\0{self.password}"
        for secret in (_base64(both), _base64(self.password), self.password):
            text = text.replace(secret, "***")
        return text


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
