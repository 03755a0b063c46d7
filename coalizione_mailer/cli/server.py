"""The campaign's server as a transport, with its password."""

from typing import TYPE_CHECKING

from coalizione_mailer.cli.password import password

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.transport.smtp import SmtpTransport


def transport_of(campaign: "Campaign", *, ask: bool) -> "SmtpTransport":
    """Return what opens sessions to the campaign's server; raises ProblemsError for its password.

    The password is asked for only where somebody is there to be asked.
    """
    from coalizione_mailer.campaign.configuration import Profile
    from coalizione_mailer.transport.smtp import Server, SmtpTransport

    smtp = campaign.configuration.smtp
    return SmtpTransport(
        Server(
            host=smtp.host,
            port=smtp.port,
            security=smtp.security,
            username=smtp.username,
            password=password(campaign, ask=ask),
            timeout=smtp.timeout,
            dot_timeout=smtp.dot_timeout,
            ca_file=campaign.path(smtp.ca_file) if smtp.ca_file else None,
            notify=smtp.profile is Profile.ORDINARY,
        )
    )
