"""What a new app's program is told, in one piece and in the quick start's own names: to be copied once."""

from shlex import quote

from idp.apps.kinds import Kind
from idp.oidc.clients.uris import csp_source


def together(
    kind: Kind, issuer: str, client_id: str | None, secret: str | None, scope: str, redirect_uri: str
) -> str:
    """Nothing for a kind whose quick start takes the values one by one, or for a draft."""
    if client_id is None:
        return ""
    if kind is Kind.SINGLE_PAGE:
        values = (("issuer", issuer), ("client-id", client_id))
        return "\n".join(f'<meta name="{name}" content="{value}">' for name, value in values)
    if kind is Kind.NATIVE:
        return f"export ISSUER={quote(issuer)} CLIENT_ID={quote(client_id)}"
    if kind is not Kind.PORTAL or secret is None:
        return ""
    said = {
        "ISSUER": issuer,
        "CLIENT_ID": client_id,
        "CLIENT_SECRET": secret,
        "SCOPE": scope,
        "ORIGIN": csp_source(redirect_uri),
    }
    return "\n".join(f"export FLASK_YITONG_{name}={quote(value)}" for name, value in said.items())
