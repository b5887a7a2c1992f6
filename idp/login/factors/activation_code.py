"""An activation code as a factor. A clerk has seen the person with their document when making it.

It binds an account to its person for as long as it is good; that the person is here now it says for
the presence time alone, counted from when the clerk made it.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from idp.people.models import ActivationCode

METHOD = "activation_code"
AMR = ("otp",)
LEVEL = 3


def shows_presence(session: Session, code_id: str, now: datetime, *, presence_seconds: int) -> bool:
    code = session.get(ActivationCode, code_id)
    return code is not None and now - code.made_at <= timedelta(seconds=presence_seconds)
