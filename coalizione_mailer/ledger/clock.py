"""A clock that was put back since the ledger was written, perhaps by a year.

What lies in the future did not happen then. When it did happen nobody knows, but not later than
now: so it happened now, which lets no window of a limit ever hold too many, and no letter wait
longer than its limit or its retry says. It is written once, so that the next run does not begin
its wait anew. Of a clock that is put forward nothing can be known.
"""

from sqlalchemy import Connection, update

from coalizione_mailer.ledger.schema import attempts, deliveries
from coalizione_mailer.lifecycle import State


def follow(connection: Connection, *, now: float) -> int:
    """Take the pace and the turns back with the clock; return how many attempts that concerns.

    Only for the holder of the sender's lock. When an attempt began stays as the clock said then.
    """
    ended = connection.execute(
        update(attempts).where(attempts.c.ended_at > now).values(ended_at=now)
    )
    delay = deliveries.c.due - deliveries.c.changed_at
    connection.execute(
        update(deliveries)
        .where(deliveries.c.state == State.QUEUED.value, deliveries.c.changed_at > now)
        .values(due=delay + now, changed_at=now)
    )
    return ended.rowcount
