"""`idp business`, given what its room may not know: how services are opened."""

import click

from idp.business.cli import BusinessTools, business_commands
from idp.commands.opening import opened


@click.group(commands=business_commands.commands, help=business_commands.help)
@click.pass_context
def business(context: click.Context) -> None:
    def open_tools() -> BusinessTools:
        found = context.with_resource(opened())
        return BusinessTools(
            clock=found.clock,
            sessions=found.sessions,
            register=found.business_register,
            organisations=found.organisations,
            sandbox=found.settings.sandbox,
        )

    context.obj = open_tools
