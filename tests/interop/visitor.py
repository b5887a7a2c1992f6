"""A person at a browser, request by request: signs in and agrees, and comes back with the answer."""

from urllib.parse import parse_qs, urlsplit

from bench.browser import Browser, OverHttp
from idp.people.sandbox.population import SandboxPerson

STEPS_AT_MOST = 20


class Visitor:
    """One browser; cookies stay, so a second visit may ask for less."""

    def __init__(self, issuer: str, person: SandboxPerson) -> None:
        self._browser = Browser(OverHttp(issuer), issuer)
        self._issuer = issuer
        self._person = person

    def answer(self, address: str, redirect_uri: str, *, is_theirs: bool = True) -> str:
        """Where the browser is sent back to, when it was sent to `address`.

        `is_theirs`: what the person says of the device that asks.
        """
        assert address.startswith(self._issuer), address
        browser = self._browser
        page = address.removeprefix(self._issuer)
        browser.get("client's request", page)
        for _step in range(STEPS_AT_MOST):
            if browser.location.startswith(redirect_uri):
                return browser.location
            if browser.location:
                page = browser.location
                browser.get("page", page)
            else:
                self._fill_in(page, is_theirs=is_theirs)
        raise AssertionError(f"the browser never came back; it is at {page}")

    def follow(self, address: str) -> None:
        """To a page of the provider's, and no further."""
        assert address.startswith(self._issuer), address
        self._browser.get("page", address.removeprefix(self._issuer))

    def _fill_in(self, page: str, *, is_theirs: bool) -> None:
        forms = self._browser.answer.page.forms
        if "password-form" in forms:
            account = self._person.account
            assert account is not None
            self._browser.submit(
                "password",
                page,
                "password-form",
                number=self._person.number.value,
                password=account.password,
            )
        elif "code-form" in forms:
            (user_code,) = parse_qs(urlsplit(page).query)["user_code"]
            self._browser.submit("code", page, "code-form", user_code=user_code)
        elif "confirm-form" in forms:
            decision = "mine" if is_theirs else "not_mine"
            self._browser.submit("confirm", page, "confirm-form", decision=decision)
        else:
            assert "consent-form" in forms, f"{page} asks for something else: {list(forms)}"
            self._browser.submit("consent", page, "consent-form", decision="agree")
