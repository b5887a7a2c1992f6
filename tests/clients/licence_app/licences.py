"""Licences of the sandbox, in folders as its command leaves them."""

from datetime import UTC, datetime
from pathlib import Path

from idp.business import credit_code
from idp.business.licences.sandbox.authority import make_authority
from idp.people import documents

CODE, HOLDER = "91000000YT00000112", "000000199003070030"
ISSUER = "https://id.example"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PIN = "246802"


def licence_folder(place: Path, kind: str) -> Path:
    authority = make_authority(place / "authority", kind, ISSUER, NOW)
    holder = documents.identify(HOLDER, NOW.date())
    code = credit_code.parse(CODE)
    made = authority.issue(code, holder, organisation="样本科技有限公司", hardware=False, now=NOW)
    folder = place / f"licence-{kind}"
    folder.mkdir()
    (folder / "licence.pem").write_text(made.certificate)
    (folder / "chain.pem").write_text(made.chain)
    (folder / "licence.key").write_text(made.key)
    return folder
