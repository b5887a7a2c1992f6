"""`idp mandate`, given what its room may not know: how services are opened, and how sign-ins end."""

import click

from idp.commands.opening import opened
from idp.mandates.cli import MandateTools, mandate_commands


@click.group(commands=mandate_commands.commands, help=mandate_commands.help)
@click.pass_context
def mandate(context: click.Context) -> None:
    def open_tools() -> MandateTools:
        found = context.with_resource(opened())
        return MandateTools(
            clock=found.clock,
            sessions=found.sessions,
            cipher=found.cipher,
            index=found.index,
            organisations=found.organisations,
            ends=found.ends,
            sandbox=found.settings.sandbox,
        )

    context.obj = open_tools
