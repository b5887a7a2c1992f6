"""Where the server listens."""

from idp.commands.serve import provider
from idp.settings import load


def argv(**environment: str) -> list[str]:
    return list(provider(load(environment), environment)[0].argv)


def test_it_listens_on_an_address() -> None:
    found = argv(IDP_SERVER__PORT="8123")
    assert found[found.index("--port") + 1] == "8123"
    assert "--uds" not in found


def test_it_listens_on_a_socket_that_not_everybody_may_open() -> None:
    found = argv(IDP_SERVER__UNIX_SOCKET="/run/yitong/provider.sock")
    assert found[found.index("--uds") + 1] == "/run/yitong/provider.sock"
    assert found[found.index("--uds-permissions") + 1] == "0o660"
    assert "--port" not in found
