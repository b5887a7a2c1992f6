"""What both databases say in their own way: parts of addresses, and members of the payload.

On PostgreSQL they are written to the letter as the indexes of the log have them, which otherwise would not
be used (`idp/audit/indexes.py`).
"""

from ipaddress import ip_address, ip_network
from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from idp.audit.indexes import ADDRESS, has_member, member_of
from idp.audit.models import AuditEvent

IN_NETWORK = "yitong_in_network"


class InNetwork(FunctionElement[bool]):
    """Whether the event's address is in the network of the one argument, which may be a single address."""

    type = Boolean()
    inherit_cache = True


class IsAddress(FunctionElement[bool]):
    """Whether the event's address is that of the one argument, however either is written."""

    type = Boolean()
    inherit_cache = True


@compiles(InNetwork)
@compiles(IsAddress)
def _in_network(element: FunctionElement[bool], compiler: SQLCompiler, **options: Any) -> str:
    return f"{IN_NETWORK}(audit_events.address, {compiler.process(element.clauses, **options)})"


@compiles(InNetwork, "postgresql")
def _is_subnet(element: InNetwork, compiler: SQLCompiler, **options: Any) -> str:
    return f"({ADDRESS}) <<= CAST({compiler.process(element.clauses, **options)} AS INET)"


@compiles(IsAddress, "postgresql")
def _is_same(element: IsAddress, compiler: SQLCompiler, **options: Any) -> str:
    return f"({ADDRESS}) = CAST({compiler.process(element.clauses, **options)} AS INET)"


class MemberIs(FunctionElement[bool]):
    """Whether the payload's member of that name is that text. SQLite reads every payload for it."""

    type = Boolean()
    inherit_cache = True
    name: str


class OrganisationIs(MemberIs):
    inherit_cache = True
    name = "organisation_id"


class SessionIs(MemberIs):
    inherit_cache = True
    name = "session_id"


@compiles(OrganisationIs)
@compiles(SessionIs)
def _contains(element: MemberIs, compiler: SQLCompiler, **options: Any) -> str:
    # Canonical JSON: there is one way to write it, and an id holds nothing that would be escaped.
    value = compiler.process(element.clauses, **options)
    return f"""instr(audit_events.payload, '"{element.name}":"' || {value} || '"') > 0"""


@compiles(OrganisationIs, "postgresql")
@compiles(SessionIs, "postgresql")
def _member(element: MemberIs, compiler: SQLCompiler, **options: Any) -> str:
    value = compiler.process(element.clauses, **options)
    # A percent sign of ours is not the driver's mark of a value.
    condition = has_member(element.name).replace("%", "%%")
    return f"({condition} AND {member_of(element.name)} = {value})"


def has_level(level: int) -> ColumnElement[bool]:
    """Levels have one digit, so nothing longer begins with it."""
    return AuditEvent.payload.contains(f'"level":{level}')


def in_network(address: str | None, network: str) -> bool:
    """What SQLite asks of this program."""
    try:
        return address is not None and ip_address(address.partition("%")[0]) in ip_network(network)
    except ValueError:
        return False
