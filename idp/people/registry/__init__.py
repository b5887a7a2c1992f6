"""The population register: its contract, and two adapters that keep it."""

from idp.people.registry.contract import Answer, Register, RegisterAnswer, RegisterUnavailable, Relation
from idp.people.registry.opening import open_register

__all__ = ["Answer", "Register", "RegisterAnswer", "RegisterUnavailable", "Relation", "open_register"]
