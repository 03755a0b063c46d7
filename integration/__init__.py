"""Real servers from Debian on loopback: ``make integration``."""
