"""The documentation's settings."""

from pathlib import Path

from idp.settings.sections import Section


class Documentation(Section):
    bundles_directory: Path | None = None
