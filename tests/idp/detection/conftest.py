"""A database for alerts, and the rules as they are shipped."""

from idp.detection.rules import Rule, load
from idp.settings import ROOT
from tests.idp.people.conftest import ON_EACH_DATABASE, clock, context, engine, session, sessions

__all__ = ["ON_EACH_DATABASE", "clock", "context", "engine", "session", "sessions"]

SHIPPED: dict[str, Rule] = {rule.name: rule for rule in load(ROOT / "config" / "rules")}
