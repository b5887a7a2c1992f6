"""The operator's command line: `idp --help`.

Each command is imported when it is named, so that help and short commands answer at once.
"""

import sys
from importlib import import_module

import click

# command: (module, attribute, one line of help)
COMMANDS = {
    "run": ("idp.commands.run", "run", "Set up a sandbox and serve it with the sample portals."),
    "serve": ("idp.commands.serve", "serve", "Serve the provider, with the worker beside it."),
    "worker": ("idp.commands.worker", "worker", "Do the work that may wait: messages, sweeps, keys."),
    "migrate": ("idp.commands.database", "migrate", "Bring the database to this version's tables."),
    "keys": ("idp.commands.keys", "keys", "Master keys and signing keys."),
    "settings": ("idp.commands.settings", "settings", "Check the settings and say what is wrong."),
    "people": ("idp.commands.people", "people", "Register import, activation codes, account status."),
    "business": ("idp.commands.business", "business", "Organisations and the business register."),
    "mandate": ("idp.commands.mandates", "mandate", "Who may act for whom."),
    "licence": (
        "idp.commands.licences",
        "licence",
        "Electronic business licences: is one good, and why not.",
    ),
    "sandbox": (
        "idp.commands.sandbox_licences",
        "sandbox",
        "Licences for trying, and made-up traffic for the audit log.",
    ),
    "staff": ("idp.commands.staff", "staff", "Accounts of clerks, officers, auditors and operators."),
    "clients": ("idp.commands.clients", "clients", "Registered client apps."),
    "receipts": ("idp.commands.receipts", "receipts", "Signed receipts of face checks."),
    "audit": ("idp.commands.audit", "audit", "The audit log: whole, proved, searched, taken out."),
    "measures": ("idp.commands.measures", "measures", "End sessions, freeze, block, without the desk."),
    "detection": ("idp.commands.detection", "detection", "Rules that look for attacks in the audit log."),
    "docs": ("idp.commands.documentation", "docs", "Keep this version of the documentation."),
    "explain": ("idp.commands.explain", "explain", "Say what was behind an error reference."),
}


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute, _help = COMMANDS[name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_module, _attribute, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yitong")
def idp() -> None:
    """Yitong: unified identity authentication."""


def main() -> None:
    """Entry point. What stops a start is told in one line each, without a stack trace."""
    from idp.crypto.master_key import MasterKeysWrong
    from idp.settings import SettingsWrong

    try:
        idp()
    except (SettingsWrong, MasterKeysWrong) as problem:
        click.echo(f"idp: cannot start\n{problem}", err=True)
        sys.exit(78)  # EX_CONFIG of sysexits.h
