"""`idp staff`, given what its room may not know: how services are opened."""

import click

from idp.commands.opening import opened
from idp.staff.cli import StaffTools, staff_commands
from idp.staff.opening import open_accounts


@click.group(commands=staff_commands.commands, help=staff_commands.help)
@click.pass_context
def staff(context: click.Context) -> None:
    def open_tools() -> StaffTools:
        found = context.with_resource(opened())
        settings = found.settings
        return StaffTools(
            clock=found.clock,
            sessions=found.sessions,
            accounts=open_accounts(settings.staff, found.master_keys, found.cipher, found.index),
            settings=settings.staff,
            address=f"{settings.issuer}/staff",
            sandbox=settings.sandbox,
        )

    context.obj = open_tools
