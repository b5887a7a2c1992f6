"""`idp staff`, given what its room may not know: how services are opened."""

import click

from idp.commands.opening import opened
from idp.extensions import Services
from idp.staff.accounts import KEY_USE, StaffAccounts
from idp.staff.cli import StaffTools, staff_commands


@click.group(commands=staff_commands.commands, help=staff_commands.help)
@click.pass_context
def staff(context: click.Context) -> None:
    def open_tools() -> StaffTools:
        found = context.with_resource(opened())
        return StaffTools(
            clock=found.clock,
            sessions=found.sessions,
            accounts=accounts_of(found),
            settings=found.settings.staff,
            address=f"{found.settings.issuer}/staff",
            sandbox=found.settings.sandbox,
        )

    context.obj = open_tools


def accounts_of(found: Services) -> StaffAccounts:
    return StaffAccounts(
        found.cipher,
        found.index,
        found.master_keys.derived(KEY_USE),
        activation_hours=found.settings.staff.activation_code_hours,
    )
