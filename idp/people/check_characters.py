"""The two check-character systems that identity numbers use. Pure arithmetic on ASCII text."""

from __future__ import annotations

# GB 11643-1999: W_i = 2^(i-1) mod 11; i counts from the right, the check character being i = 1.
_MOD_11_2_WEIGHTS = tuple(pow(2, position - 1, 11) for position in range(18, 1, -1))
_MOD_11_2_CHARACTERS = "10X98765432"

# ICAO Doc 9303 part 3, section 4.9: weights 7, 3, 1 repeated; A = 10 ... Z = 35.
_ICAO_WEIGHTS = (7, 3, 1)


def mod_11_2(body: str) -> str:
    """The 18th character for 17 digits: ISO 7064 MOD 11-2, X standing for ten.

    It finds every wrong digit and every swap of two digits, adjacent or not.
    """
    total = sum(weight * int(digit) for weight, digit in zip(_MOD_11_2_WEIGHTS, body, strict=True))
    return _MOD_11_2_CHARACTERS[total % 11]


def icao_7_3_1(body: str) -> str:
    """The check digit of machine readable travel documents, over capital letters and digits.

    It finds every wrong digit, but neither swaps of digits that differ by five nor of letters whose values
    agree modulo ten (A, K, U): weaker than MOD 11-2, and all that the older cards have.
    """
    total = sum(int(character, 36) * _ICAO_WEIGHTS[index % 3] for index, character in enumerate(body))
    return str(total % 10)
