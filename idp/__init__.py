"""Yitong: unified identity authentication. `create_app` is the only place where the rooms are wired."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from idp.settings import Settings
    from idp.storage.ephemeral import Clock


def create_app(settings: "Settings | None" = None, *, clock: "Clock | None" = None) -> "Flask":
    """The provider as a WSGI application.

    Raises SettingsWrong or MasterKeysWrong when it must not start. Imports lie inside, so that
    importing a room (or the command line's help) does not load the web framework.
    """
    from idp.application import build

    return build(settings, clock=clock)
