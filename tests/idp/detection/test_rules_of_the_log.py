"""Rules about the log itself: not whole, and late to be proved."""

import pytest

from tests.idp.detection.happening import Log, found


@pytest.mark.parametrize("result", ["changed", "missing", "reordered", "forged", "cut", "failed"])
def test_log_not_whole(result: str) -> None:
    log = Log()
    log.says("audit_verified", begin=0, end=9, anchored=0, result=result)
    (finding,) = found("log-not-whole", log.events)
    assert (finding.severity, finding.subject_kind, finding.subject) == ("critical", "log", result)


def test_a_whole_log_is_none() -> None:
    log = Log()
    log.says("audit_verified", begin=0, end=9, anchored=9, result="whole")
    assert not found("log-not-whole", log.events)


def test_log_proof_late() -> None:
    log = Log()
    log.says("audit_proof_late", step="anchor:file", seconds=700)
    log.says("audit_proof_late", step="signing", seconds=700)
    assert [one.subject for one in found("log-proof-late", log.events)] == ["anchor:file", "signing"]
