"""References that can be read out over the telephone, and lead to the cause for seven days."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from idp.error_references import Cause, explain, remember
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
CAUSE = Cause(NOW, "authorize", "invalid_request", "redirect_uri is not registered.", "detail", "hall", "id")


def test_a_reference_leads_to_its_cause_however_it_is_written() -> None:
    clock = FakeClock(NOW)
    store = MemoryStore(clock)
    reference = remember(store, CAUSE)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", reference)
    spoken = reference.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert explain(store, reference) == explain(store, spoken) == CAUSE
    clock.advance(7 * 24 * 3600)
    assert explain(store, reference) is None


@given(st.text(max_size=20))
def test_any_other_text_leads_nowhere(text: str) -> None:
    assert explain(MemoryStore(FakeClock(NOW)), text) is None
