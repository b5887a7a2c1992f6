"""Traditional characters folded into Simplified ones, so that who searches for 登錄 finds 登录."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType


def _pairs() -> dict[str, str]:
    lines = (Path(__file__).parent / "traditional.txt").read_text("utf-8").splitlines()
    return {pair[0]: pair[1] for line in lines if not line.startswith("#") for pair in line.split()}


PAIRS: Mapping[str, str] = MappingProxyType(_pairs())
FOLDED: Mapping[int, str] = MappingProxyType({ord(one): other for one, other in PAIRS.items()})
"""For `str.translate`."""
