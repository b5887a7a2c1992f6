"""`idp people`, given what its room may not know: how services are opened, and how sessions end."""

import click

from idp.business import organisations
from idp.business.registry import embedded as business_register
from idp.cases import working as cases
from idp.commands.opening import opened
from idp.login.factors.face import FaceChecks, FaceUnavailable
from idp.mandates import invitations
from idp.measures import taking as measures
from idp.oidc.acting.ending import end_sessions_of
from idp.oidc.clients.credentials import client_secrets
from idp.people.account_cli import account_commands
from idp.people.activation_codes import KEY_USE, ActivationCodes
from idp.people.cli import PeopleTools, people_commands
from idp.people.face_cli import face_commands
from idp.people.guardianship_cli import guardianship_commands
from idp.people.reencrypt import TABLES
from idp.settings import Settings
from idp.staff import accounts as staff_accounts
from idp.staff import saved_searches, unmasking

SEALED_TABLES = (
    *TABLES,
    organisations.SEALED,
    invitations.SEALED,
    staff_accounts.SEALED,
    saved_searches.SEALED,
    unmasking.SEALED,
    business_register.SEALED,
    client_secrets.SEALED,
    cases.SEALED,
    measures.SEALED,
)


@click.group(
    commands={
        **people_commands.commands,
        **account_commands.commands,
        **face_commands.commands,
        **guardianship_commands.commands,
    },
    help=people_commands.help,
)
@click.pass_context
def people(context: click.Context) -> None:
    def open_tools() -> PeopleTools:
        found = context.with_resource(opened())
        return PeopleTools(
            clock=found.clock,
            sessions=found.sessions,
            cipher=found.cipher,
            index=found.index,
            activation_codes=ActivationCodes(found.master_keys.derived(KEY_USE), found.index),
            activation_code_days=found.settings.messages.activation_code_days,
            end_sessions=end_sessions_of,
            match_model=lambda: _match_model(found.settings),
            sandbox=found.settings.sandbox,
            sealed_tables=SEALED_TABLES,
        )

    context.obj = open_tools


def _match_model(settings: Settings) -> str:
    try:
        return FaceChecks.of(settings).match_model()
    except FaceUnavailable:
        raise click.ClickException("the face check's networks are not there or not the pinned ones") from None
