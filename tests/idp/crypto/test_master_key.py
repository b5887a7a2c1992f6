"""Master keys: made once, read strictly, never shown."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from idp.crypto import master_key
from idp.crypto.master_key import MasterKeysWrong

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_generated_document_reads_back() -> None:
    keys = master_key.parse(master_key.generate(NOW, purpose="development"))
    assert keys.purpose == "development"
    assert keys.encryption.active == "2026-11-01"
    lengths = {len(k) for k in (keys.blind_index, keys.pairwise, keys.tokens, *keys.encryption.keys.values())}
    assert lengths == {32}
    assert keys.derived("csrf") != keys.derived("client_secret")


def test_the_file_is_the_owners_alone_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.json"
    texts = [master_key.generate(NOW, purpose=f"p{n}") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda text: master_key.write_new(path, text), texts))
    assert made.count(True) == 1
    assert path.read_text() == texts[made.index(True)]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["master.json"]


def document() -> dict[str, object]:
    found: dict[str, object] = json.loads(master_key.generate(NOW, purpose="development"))
    return found


@pytest.mark.parametrize(
    "change",
    [
        {"pairwise": "c2hvcnQ"},
        {"tokens": None},
        {"blind_index": 7},
        {"encryption": {"active": "x", "keys": {}}},
        {"encryption": []},
    ],
)
def test_a_malformed_document_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(MasterKeysWrong):
        master_key.parse(json.dumps({**document(), **change}))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"x"'])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(MasterKeysWrong):
        master_key.parse(text)


def test_nothing_shows_a_key() -> None:
    keys = master_key.parse(master_key.generate(NOW, purpose="development"))
    assert str(keys.tokens) not in repr(keys)
    assert "bytes" not in repr(keys.encryption)


def test_a_missing_file_or_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MasterKeysWrong, match=r"nothing\.json"):
        master_key.from_file(tmp_path / "nothing.json")
    monkeypatch.delenv("IDP_MASTER_KEYS", raising=False)
    with pytest.raises(MasterKeysWrong, match="IDP_MASTER_KEYS"):
        master_key.from_environment()
