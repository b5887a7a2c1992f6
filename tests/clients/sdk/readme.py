"""The code of the package's README, so that what it shows is what is tried."""

import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[3] / "clients" / "sdk"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def block(kind: str, holds: str, document: str = "README.md") -> str:
    """The one block of code of this kind that holds this text."""
    text = (PACKAGE / document).read_text("utf-8")
    (found,) = [code for language, code in BLOCK.findall(text) if language == kind and holds in code]
    return str(found)
