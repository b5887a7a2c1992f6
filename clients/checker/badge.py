"""A badge for a README: how many passed, of how many, and when. Numbers and a date, no other text."""

from datetime import date

COLOURS = {True: "#1a7f37", False: "#c0392b"}
"""White on either has a contrast of 5 to 1 (WCAG 2.2, 1.4.3)."""
LABEL, LABEL_WIDTH, CHARACTER_WIDTH, HEIGHT = "Yitong check", 86, 6.6, 20


def badge(passed: int, tried: int, day: date, *, has_passed: bool) -> str:
    """SVG without scripts, fonts or addresses."""
    said = f"{passed:d}/{tried:d} · {day.isoformat()}"
    width = round(len(said) * CHARACTER_WIDTH + 14)
    whole = LABEL_WIDTH + width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" role="img"'
        f' aria-label="{LABEL}: {said}"><title>{LABEL}: {said}</title>'
        f'<rect width="{whole}" height="{HEIGHT}" rx="3" fill="#444"/>'
        f'<path d="M{LABEL_WIDTH} 0h{width - 3}a3 3 0 0 1 3 3v{HEIGHT - 6}a3 3 0 0 1-3 3h-{width - 3}z"'
        f' fill="{COLOURS[has_passed]}"/>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{LABEL_WIDTH / 2:g}" y="14">{LABEL}</text>'
        f'<text x="{LABEL_WIDTH + width / 2:g}" y="14">{said}</text></g></svg>\n'
    )
