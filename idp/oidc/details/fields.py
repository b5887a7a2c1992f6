"""The kinds of value that a field of an authorization details type may have: bounded, and readable.

A field is data (`config/details`). Each kind knows three things: which JSON it takes, how a person reads
it, and when one value asks for no more than another (RFC 9396 section 6.1).
"""

import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_name, get_currency_precision
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from idp.business import credit_code
from idp.locales.catalogues import BABEL_LOCALES, TAGS
from idp.oidc import said
from idp.oidc.clients.uris import UriRefused, check_web_uri

AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,3})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SHA_256 = re.compile(r"[0-9a-f]{64}")
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
GROUP = 8
"""Digits of a digest that are read at a glance."""
TEXT_CHARACTERS_AT_MOST = 300
CODES_AT_MOST = 32
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}")
LABEL_CHARACTERS_AT_MOST = 120
MATTERS_AT_MOST = 500
MATTERS = "matters"
"""Of the context that a type is read in: code -> `Labels`."""


class WrongValue(ValueError):
    """Says what a field takes, and does not quote what came."""


def _labels(texts: dict[str, str]) -> dict[str, str]:
    if set(texts) != set(TAGS):
        raise ValueError(f"needs a text for each of {', '.join(TAGS)}")
    for text in texts.values():
        said.check(text, at_least=1, at_most=LABEL_CHARACTERS_AT_MOST)
    return texts


Labels = Annotated[dict[str, str], AfterValidator(_labels)]
"""Words for a page, by the tag of each of our languages."""


class Base(BaseModel):
    """What every field says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    required: bool = False
    title: Labels

    @abstractmethod
    def checked(self, value: Any) -> Any:
        """The value as it is kept: equal meanings are equal texts. Raises WrongValue."""

    @abstractmethod
    def shown(self, value: Any, locale: str) -> str:
        """A checked value, as a person reads it."""

    def covers(self, granted: Any, asked: Any) -> bool:
        """Whether what was granted holds what is asked. Unless values add up, only the same does."""
        return bool(granted == asked)


class TextField(Base):
    kind: Literal["text"]
    characters_at_most: Annotated[int, Field(ge=1, le=TEXT_CHARACTERS_AT_MOST)]

    def checked(self, value: Any) -> str:
        text = _text(value)
        try:
            said.check(text, at_least=1, at_most=self.characters_at_most)
        except said.SaidBadly as problem:
            raise WrongValue(f"a text: {problem}") from None
        return text

    def shown(self, value: Any, locale: str) -> str:
        return str(value)


class Coded(Base):
    """Of a list that the type has words for."""

    codes: Annotated[dict[str, Labels], Field(min_length=1, max_length=CODES_AT_MOST)]

    @model_validator(mode="after")
    def codes_are_words(self) -> Self:
        if not all(map(CODE.fullmatch, self.codes)):
            raise ValueError("codes: letters, digits and _ . : / - between them")
        return self


class CodeField(Coded):
    """One of them."""

    kind: Literal["code"]

    def checked(self, value: Any) -> str:
        text = _text(value)
        if text not in self.codes:
            raise WrongValue("one of its codes")
        return text

    def shown(self, value: Any, locale: str) -> str:
        return self.codes[value][locale]


class CodesField(Coded):
    """Several of them; each adds to what is allowed."""

    kind: Literal["codes"]

    def checked(self, value: Any) -> list[str]:
        return _subset(value, tuple(self.codes), "an array of its codes")

    def shown(self, value: Any, locale: str) -> str:
        separator = ", " if locale == "en" else "、"
        return separator.join(self.codes[code][locale] for code in value)

    def covers(self, granted: Any, asked: Any) -> bool:
        return set(asked) <= set(granted)


class AmountField(Base):
    """`{"currency": "CNY", "amount": "123.50"}`: text, as a binary number would round it."""

    kind: Literal["amount"]
    currencies: Annotated[tuple[Currency, ...], Field(min_length=1, max_length=16)]
    at_most: Annotated[Decimal, Field(gt=0)]

    def checked(self, value: Any) -> dict[str, str]:
        if not isinstance(value, dict) or value.keys() != {"currency", "amount"}:
            raise WrongValue("an object of currency and amount")
        currency, amount = _text(value["currency"]), _text(value["amount"])
        if currency not in self.currencies:
            raise WrongValue("one of its currencies")
        places = get_currency_precision(currency)
        if not AMOUNT.fullmatch(amount) or len(amount.partition(".")[2]) != places:
            raise WrongValue(f"an amount with {places} decimal places, as text")
        if not 0 < Decimal(amount) <= self.at_most:
            raise WrongValue(f"an amount above 0, and {self.at_most} at most")
        return {"amount": amount, "currency": currency}

    def shown(self, value: Any, locale: str) -> str:
        # By code and name: several currencies share one sign.
        babel, currency = BABEL_LOCALES[locale], value["currency"]
        places = "0" * get_currency_precision(currency)
        number = format_decimal(Decimal(value["amount"]), f"#,##0.{places}".rstrip("."), babel)
        return f"{number} {currency} ({get_currency_name(currency, locale=babel)})"


class DateField(Base):
    """A day, `YYYY-MM-DD`. `not_before`: the field of the same object that it may not precede."""

    kind: Literal["date"]
    not_before: str | None = None

    def checked(self, value: Any) -> str:
        text = _text(value)
        try:
            if not DAY.fullmatch(text):
                raise ValueError
            date.fromisoformat(text)
        except ValueError:
            raise WrongValue("a day, as YYYY-MM-DD") from None
        return text

    def shown(self, value: Any, locale: str) -> str:
        return format_date(date.fromisoformat(value), "long", BABEL_LOCALES[locale])


class UriField(Base):
    """An address of https. It is shown whole, and never a link."""

    kind: Literal["uri"]
    characters_at_most: Annotated[int, Field(ge=1, le=500)]

    def checked(self, value: Any) -> str:
        text = _text(value)
        try:
            check_web_uri(text)
        except UriRefused:
            raise WrongValue("an https address") from None
        if not text.startswith("https:"):
            raise WrongValue("an https address")
        if len(text) > self.characters_at_most or not text.isascii() or not text.isprintable():
            raise WrongValue(f"an https address in ASCII, of {self.characters_at_most} characters at most")
        return text

    def shown(self, value: Any, locale: str) -> str:
        return str(value)


class DigestField(Base):
    """SHA-256 of what the object speaks of, in hexadecimal: shown in groups, to be compared by eye."""

    kind: Literal["sha-256"]

    def checked(self, value: Any) -> str:
        text = _text(value)
        if not SHA_256.fullmatch(text):
            raise WrongValue("a SHA-256 digest in 64 small hexadecimal digits")
        return text

    def shown(self, value: Any, locale: str) -> str:
        return " ".join(value[at : at + GROUP] for at in range(0, len(value), GROUP))


class MatterField(Coded):
    """One of the matters that mandates are given for, by the words that these have wherever they stand.

    Who agrees to it acts for somebody else, by a mandate that covers it (`acting.demand`).
    """

    kind: Literal["matter"]
    codes: Annotated[dict[str, Labels], Field(min_length=1, max_length=MATTERS_AT_MOST)]

    @model_validator(mode="before")
    @classmethod
    def codes_are_the_matters(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, dict) or "codes" in value:
            raise ValueError("codes: they are the matters, and stand in their own folder")
        return {**value, "codes": (info.context or {}).get(MATTERS, {})}

    def checked(self, value: Any) -> str:
        text = _text(value)
        if text not in self.codes:
            raise WrongValue("the code of a matter")
        return text

    def shown(self, value: Any, locale: str) -> str:
        return self.codes[value][locale]


class OrganisationField(Base):
    """The one to act for, by its unified social credit code; whether it is known here is not told."""

    kind: Literal["organisation"]

    def checked(self, value: Any) -> str:
        try:
            return credit_code.parse(_text(value)).value
        except credit_code.InvalidCode:
            raise WrongValue("a unified social credit code") from None

    def shown(self, value: Any, locale: str) -> str:
        return str(value)


AnyField = Annotated[
    TextField
    | CodeField
    | CodesField
    | AmountField
    | DateField
    | UriField
    | DigestField
    | MatterField
    | OrganisationField,
    Field(discriminator="kind"),
]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongValue("a text")
    return value


def _subset(value: Any, known: tuple[str, ...], what: str) -> list[str]:
    """Some of the known ones, each once; kept in their own order. Raises WrongValue."""
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise WrongValue(what)
    if len(set(value)) != len(value) or not set(value) <= set(known):
        raise WrongValue(f"{what}, each once")
    return [one for one in known if one in value]


def locations(value: Any, known: Iterable[str]) -> list[str]:
    """RFC 9396 section 2.2. Raises WrongValue."""
    return _subset(value, tuple(known), "an array of its locations")


def missing(fields: Mapping[str, AnyField], given: Iterable[str]) -> list[str]:
    there = set(given)
    return [name for name, field in fields.items() if field.required and name not in there]
