"""The wiring: settings, services, rooms, error pages."""

from flask import Flask

from idp import browser, errors, headers, health, locales, metrics, static_files
from idp import settings as settings_module
from idp.extensions import Services, db, open_services, utc_now
from idp.oidc.acting.ending import end_what_rests_on
from idp.proxies import UNIX_SOCKET, TrustedProxies
from idp.settings import Protocol, Settings
from idp.storage.database import engine_options, prepare
from idp.storage.ephemeral import Clock

MEBIBYTE = 1024 * 1024


def build(settings: Settings | None = None, *, clock: Clock | None = None) -> Flask:
    settings = settings or settings_module.load()
    app = Flask("idp")
    url = settings.database_url(settings.database.url)
    app.config.update(
        ISSUER=settings.issuer,
        SANDBOX=settings.sandbox,
        **pages_of(settings.protocol),
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(url),
        MAX_CONTENT_LENGTH=4 * MEBIBYTE,
        MAX_FORM_MEMORY_SIZE=MEBIBYTE,
        MAX_FORM_PARTS=64,
    )
    db.init_app(app)
    with app.app_context():
        engine = prepare(db.engine)
    found = open_services(settings, clock or utc_now, engine, end_what_rests_on)
    if settings.sandbox:
        from idp.sandbox import services as sandbox

        found = sandbox.begin(app, found)
    app.extensions["yitong"] = found
    headers.init_app(app, hsts=settings.mode == "production")
    static_files.init_app(app)
    browser.init_app(app, found.master_keys.derived("csrf"))
    locales.init_app(app, default_locale=settings.default_locale)
    errors.init_app(app)
    _add_rooms(app, found)
    return app


def pages_of(protocol: Protocol) -> dict[str, str]:
    """The operator's own pages, below each of ours."""
    return {"OP_POLICY_URI": protocol.op_policy_uri, "OP_TOS_URI": protocol.op_tos_uri}


def _add_rooms(app: Flask, found: Services) -> None:
    from idp import fastpath
    from idp.account.views import blueprint as account
    from idp.approvals.views import blueprint as approvals
    from idp.apps.registering import Belonging
    from idp.developer.views import blueprint as developer
    from idp.documentation.views import blueprint as documentation
    from idp.login import keeping_out
    from idp.login.views import blueprint as login
    from idp.oidc.room import REGISTERED
    from idp.oidc.views import blueprint as oidc
    from idp.security.views import blueprint as security
    from idp.staff_pages.views import blueprint as staff
    from idp.window.views import blueprint as window

    app.extensions[REGISTERED] = Belonging(found.settings.developer)
    pages = (oidc, login, account, developer, staff, window, security, approvals)
    for room in (health.blueprint, metrics.blueprint, *pages, documentation):
        app.register_blueprint(room)
    keeping_out.init_app(app)
    _open_measures(app, found)
    if found.settings.sandbox:
        from idp.sandbox.services import finish
        from idp.sandbox.views import blueprint as sandbox

        app.register_blueprint(sandbox)
        finish(app, found)
    fastpath.init_app(app)
    # Outermost: the fast path, too, must see the caller's address that is believed.
    server = found.settings.server
    trusted = (*server.trusted_proxies, *((UNIX_SOCKET,) if server.unix_socket else ()))
    takes = bool(found.settings.protocol.mtls_origin or found.settings.licences.usb_key_origin)
    app.wsgi_app = TrustedProxies(  # type: ignore[method-assign]
        app.wsgi_app, trusted, takes_certificates=takes
    )


def _open_measures(app: Flask, found: Services) -> None:
    from idp.measures.opening import KEY, open_measures
    from idp.oidc.room import KEY as PROVIDER

    provider = app.extensions[PROVIDER]

    def forget() -> None:
        provider.blocks.forget()
        provider.clients.forget_all()

    app.extensions[KEY] = open_measures(found, forget)
