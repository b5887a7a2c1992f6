"""Check an integration: a scripted browser signs in at an application, with valid and with hostile answers.

    yitong-check --sign-in https://hall.example/sign-in --page https://hall.example/me --marker "Sign out" ...

`run` does the same for a program. It speaks HTTP by a function that is passed in, and knows the provider by
`provider.Provider`: the sandbox, or a hostile provider of its own on this machine (`local`).
"""

from .application import Application
from .checks import CHECKS
from .findings import Check, Finding, Verdict
from .report import Report, Result
from .running import run
from .wire import Answer, Fetch, NotReached, Sent, over_the_network

__version__ = "1.1.0"
__all__ = [
    "CHECKS",
    "Answer",
    "Application",
    "Check",
    "Fetch",
    "Finding",
    "NotReached",
    "Report",
    "Result",
    "Sent",
    "Verdict",
    "over_the_network",
    "run",
]
