"""A text as a QR code (ISO/IEC 18004), drawn here, so that no page asks anybody else for it."""

from typing import Final

SCALE: Final = 5
"""Pixels of a module: a telephone reads it from the arm's length at which one holds it before a screen."""
QUIET_MODULES: Final = 4
"""ISO/IEC 18004 section 6.3.8: what has to stay empty around it."""


def svg_uri(text: str) -> str:
    """The picture as a data: address. Black on white whatever the page's colours are: many scanners read
    nothing else."""
    # Loaded when the first code is drawn: most sign-ins need none.
    import segno

    # Level M outlasts reflections on a screen; a higher one would make the modules smaller.
    code = segno.make_qr(text, error="m", boost_error=False)
    return code.svg_data_uri(
        scale=SCALE, border=QUIET_MODULES, dark="#000", light="#fff", xmldecl=False, nl=False, omitsize=False
    )
