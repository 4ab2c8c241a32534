"""What every test relies on."""

from __future__ import annotations

import signal

# A shell that starts the tests in the background has them ignore ctrl-c, and every program that they start would too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.support.suites", "tests.support.conformance"]
