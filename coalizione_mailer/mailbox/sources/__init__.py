"""Where messages are read from: IMAP, Maildir, mbox, folders and files; all of them only read."""

from coalizione_mailer.mailbox.sources.protocol import LARGEST, Arrival, Mark, Source

__all__ = ["LARGEST", "Arrival", "Mark", "Source"]
