"""What every test starts from."""

import signal

from hypothesis import HealthCheck, settings

# A shell that starts us in the background has us ignore Ctrl-C, and so the programs we start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says how fast the machine is, and nothing of what is shown.
settings.register_profile(
    "patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")
