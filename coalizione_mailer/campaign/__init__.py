"""The campaign folder and its ``campaign.toml``."""

from coalizione_mailer.campaign.reader import Campaign, load

__all__ = ["Campaign", "load"]
