"""Looking at everybody behind one case."""

from tests.idp.detection.conftest import SHIPPED
from tests.idp.detection.happening import Log, found

RULE = "many-people-for-one-case"


def views(count: int, cases: int = 1) -> Log:
    log = Log()
    for number in range(count):
        said = {"page": "person", "person_id": f"person-{number}", "case_id": f"case-{number % cases}"}
        log.says("security_viewed", after=60, actor="staff", **said)
    return log


def test_a_case_that_is_opened_to_look_at_everybody() -> None:
    limit = SHIPPED[RULE].threshold
    (finding,) = found(RULE, views(limit).events)
    assert (finding.subject_kind, finding.subject) == ("staff", "staff")
    assert not found(RULE, views(limit - 1).events)


def test_an_officer_of_many_cases_and_one_person_of_a_case_again_and_again() -> None:
    limit = SHIPPED[RULE].threshold
    assert not found(RULE, views(3 * limit, cases=4).events)
    log = Log()
    for _ in range(3 * limit):
        said = {"page": "person", "person_id": "person", "case_id": "case"}
        log.says("security_viewed", after=10, actor="staff", **said)
    assert not found(RULE, log.events)
