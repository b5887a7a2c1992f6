"""`python -m idp.locales extract` brings the catalogues up to date; `check` says what they lack."""

import sys

from idp.locales.catalogues import TRANSLATED
from idp.locales.extraction import all_problems, extract, update


def main(arguments: list[str]) -> int:
    match arguments:
        case ["extract"]:
            template = extract()
            for tag in TRANSLATED:
                update(tag, template)
            return 0
        case ["check"]:
            lines = all_problems()
            print("\n".join(lines) or "Every message is translated.")
            return 1 if lines else 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
