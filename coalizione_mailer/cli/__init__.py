"""The command ``mailer``: thin, and with ``templates/`` the only place with words for the user."""
