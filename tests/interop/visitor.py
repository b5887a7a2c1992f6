"""A person at a browser, request by request: signs in and agrees, and comes back with the answer."""

from bench.browser import Browser, OverHttp
from idp.people.sandbox.population import SandboxPerson

STEPS_AT_MOST = 20


class Visitor:
    """One browser; cookies stay, so a second visit may ask for less."""

    def __init__(self, issuer: str, person: SandboxPerson) -> None:
        self._browser = Browser(OverHttp(issuer), issuer)
        self._issuer = issuer
        self._person = person

    def answer(self, address: str, redirect_uri: str) -> str:
        """Where the browser is sent back to, when it was sent to `address`."""
        assert address.startswith(self._issuer), address
        browser = self._browser
        browser.get("client's request", address.removeprefix(self._issuer))
        for _step in range(STEPS_AT_MOST):
            if browser.location.startswith(redirect_uri):
                return browser.location
            if browser.location:
                page = browser.location
                browser.get("page", page)
            else:
                self._fill_in(page)
        raise AssertionError(f"the browser never came back; it is at {page}")

    def _fill_in(self, page: str) -> None:
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
        else:
            assert "consent-form" in forms, f"{page} asks for something else: {list(forms)}"
            self._browser.submit("consent", page, "consent-form", decision="agree")
