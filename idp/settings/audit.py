"""The settings of the audit log: how it is proved, and how long it is kept."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from idp.settings.places import Anchor, AnySink, PlaceName
from idp.settings.sections import PageAddress, Section

# Cybersecurity Law of the People's Republic of China, article 21(3): network logs are kept for six months.
Days = Annotated[int, Field(ge=180, le=36525)]


class Audit(Section):
    addresses: Literal["full", "network", "digest"]
    head_seconds: Annotated[int, Field(ge=10, le=3600)]
    head_algorithm: Literal["ES256", "SM2"]
    anchor_directory: Path
    anchor_url: PageAddress
    anchor_token_file: Path | None = None
    anchor_places: dict[PlaceName, Anchor]
    sinks: dict[PlaceName, AnySink]
    kept_days: Days
    face_events_kept_days: Days
    statistics_kept_days: Annotated[int, Field(ge=66, le=180)]
    verify_daily_at: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")]

    @property
    def anchors(self) -> tuple[str, ...]:
        """The names by which the database knows how far each was given heads."""
        return ("file", *(("http",) if self.anchor_url else ()), *self.anchor_places)

    @model_validator(mode="after")
    def names_are_not_taken(self) -> "Audit":
        if taken := {"file", "http"} & self.anchor_places.keys():
            raise ValueError(f"anchor_places: {' and '.join(sorted(taken))} are the names of others")
        return self
