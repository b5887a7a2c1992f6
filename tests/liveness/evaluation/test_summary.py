import json

import pytest

from liveness.evaluation.counting import Share
from liveness.evaluation.document import to_json
from liveness.evaluation.report import to_markdown
from liveness.evaluation.running import Sample
from liveness.evaluation.scoring import Outcome
from liveness.types import Action
from tests.liveness.evaluation.samples import row, samples, spread, summary_of

LIVE = samples(spread(200, 10, right=0.7, other=0.2))
PRINT = samples(spread(100, 5, right=0.1, other=0.6), "print")
REPLAY = samples(spread(120, 30, right=0.1, other=0.6), "replay")
MASK = samples([0.9, 0.9, 0.1], "mask")


def test_errors_are_counted_by_kind_of_attack():
    summary = summary_of(LIVE + PRINT + REPLAY + MASK)
    assert summary.live_refused == Share(10, 200)
    assert {kind.name: kind.accepted for kind in summary.species} == {
        "mask": Share(2, 3),
        "print": Share(5, 100),
        "replay": Share(30, 120),
    }
    assert summary.worst is not None
    assert (summary.worst.name, summary.worst.too_few) == ("replay", ("mask",))
    assert summary.worst.acer == pytest.approx((30 / 120 + 10 / 200) / 2)


def test_no_kind_of_attack_passes_more_often_than_the_bound():
    summary = summary_of(LIVE + PRINT + REPLAY)
    assert summary.worst is not None
    for bound, point in summary.worst.bpcer_at_apcer.items():
        for attacks in (PRINT, REPLAY):
            passed = sum((sample.outcome.score or 0) >= point.threshold for sample in attacks)
            assert passed <= bound * len(attacks)
    # Of prints 5 % lie above .6, so that they alone would allow a threshold under all live people.
    (print_only,) = (kind.separation for kind in summary.species if kind.name == "print")
    assert print_only is not None
    assert print_only.bpcer_at_apcer[0.05].threshold < 0.6 < summary.worst.bpcer_at_apcer[0.05].threshold


@pytest.mark.parametrize(("live", "attacks"), [(99, 100), (100, 99)])
def test_below_a_hundred_there_are_counts_alone(live: int, attacks: int):
    found = samples(spread(live, 3, right=0.8, other=0.1))
    found += samples(spread(attacks, 3, right=0.1, other=0.8), "print")
    summary = summary_of(found)
    assert summary.together is None
    assert summary.species[0].separation is None
    document = json.loads(to_json(summary))
    assert (document["live_refused"]["rate"] is None) is (live < 100)
    assert (document["species"][0]["accepted"]["rate"] is None) is (attacks < 100)
    assert document["live_refused"]["count"] == 3
    report = to_markdown(summary)
    assert "nothing to tell" in report
    assert "ACER (mean" not in report
    assert f"| 3 of {min(live, attacks)} |" in report


def test_presentations_without_an_answer_are_no_errors_and_no_successes():
    summary = summary_of(samples([0.9, None, None]) + samples([0.1, None], "print"))
    assert (summary.live_no_answer, summary.live_refused) == (Share(2, 3), Share(0, 1))
    assert (summary.species[0].no_answer, summary.species[0].accepted) == (Share(1, 2), Share(0, 1))
    assert [bad.reason for bad in summary.unanswered] == ["no_face"] * 3


def test_a_kind_of_attack_that_was_never_answered_is_told():
    summary = summary_of(samples([0.9]) + samples([None, None], "mask"))
    assert summary.species[0].no_answer == Share(2, 2)
    assert "| mask | 2 of 2 | APCER | 0 of 0 |" in to_markdown(summary)


def test_a_source_is_tested_at_the_threshold_of_the_others():
    # Two sources that agree (threshold half-way between .2 and .8), one whose scores all lie higher.
    found = samples([0.8] * 5, source="a") + samples([0.2] * 5, "print", "a")
    found += samples([0.8] * 5, source="b") + samples([0.2] * 5, "print", "b")
    found += samples([0.95] * 5, source="c") + samples([0.7] * 5, "print", "c")
    left_out = summary_of(found).leave_one_out
    assert left_out is not None
    c = left_out.sources[2]
    assert (c.name, c.threshold, c.chosen_on_live, c.chosen_on_attacks) == ("c", 0.5, 10, 10)
    assert (c.live_refused, c.attacks_accepted) == (Share(0, 5), Share(5, 5))
    assert left_out.sources[0].threshold == pytest.approx(0.75)  # .2 and .7 below, .8 and .95 above
    assert left_out.attacks_accepted == Share(5, 15)
    assert left_out.live_refused == Share(0, 15)


def test_a_source_that_alone_has_the_attacks_cannot_be_left_out():
    left_out = summary_of(samples([0.8], source="a") + samples([0.2], "print", "b")).leave_one_out
    assert left_out is not None
    assert (left_out.sources, left_out.not_tried) == ((), ("a", "b"))


def test_one_source_leaves_nothing_to_leave_out():
    assert summary_of(samples([0.8]) + samples([0.2], "print")).leave_one_out is None


def test_sources_are_told_apart():
    found = samples([0.8, 0.3], source="a") + samples([0.2, None], "print", "b")
    a, b = summary_of(found).sources
    assert (a.name, a.live_refused, a.attacks_accepted) == ("a", Share(1, 2), Share(0, 0))
    assert (b.name, b.attacks_no_answer) == ("b", Share(1, 2))


def test_content_that_comes_again_is_noticed():
    first, second, third = (
        Sample(row(line, attack), Outcome("still", 1, 0.5), "same" if line != 3 else "own")
        for line, attack in ((2, None), (3, None), (4, "print"))
    )
    summary = summary_of((first, second, third))
    assert (summary.repeated, summary.contradicting) == (1, 1)
    assert "1 presentations repeat" in to_markdown(summary)


def test_of_sessions_the_refusing_gates_are_counted():
    asked = (Action.BLINK,)

    def session(line: int, attack: str | None, *failed: str, actions: tuple[Action, ...] = asked) -> Sample:
        reason = f"{failed[0]}_reason" if failed else ""
        outcome = Outcome("directory", 30, 0.9, "", not failed, reason, failed, ("planarity",))
        return Sample(row(line, attack, actions=actions), outcome, str(line))

    found = (
        session(2, None),
        session(3, None, "quality"),
        session(4, "print", "challenge", "antispoof"),
        session(5, "print", "antispoof"),
        session(6, "print", actions=()),
        Sample(row(7), Outcome("video", no_answer="undecodable"), "7"),
        *samples([0.9]),
    )
    groups = {(group.name, group.challenged): group for group in summary_of(found).sessions}
    assert list(groups) == [("live", False), ("live", True), ("print", False), ("print", True)]
    live, silent = groups["live", True], groups["live", False]
    asked_print, unasked_print = groups["print", True], groups["print", False]
    assert (live.errors, live.failed) == (Share(1, 2), {"quality": 1})
    assert silent.no_answer == Share(1, 1)
    assert asked_print.errors == Share(0, 2)
    assert asked_print.refused_by == {"antispoof_reason": 1, "challenge_reason": 1}
    assert asked_print.failed == {"antispoof": 2, "challenge": 1}
    assert unasked_print.errors == Share(1, 1)
    assert unasked_print.unproved == {"planarity": 1}


def test_the_report_tells_rates_with_intervals_and_counts():
    report = to_markdown(summary_of(LIVE + PRINT + REPLAY))
    assert "| live | 0.0 % (0.0 to 1.8), 0 of 200 | BPCER | 5.0 % (2.4 to 9.0), 10 of 200 |" in report
    assert "Worst kind of attack: replay, APCER 25.0 %. ACER (mean of that and BPCER): 15.0 %." in report
    assert "| each kind |" in report
    assert "| all attacks |" in report


def test_names_from_the_list_are_no_markup():
    report = to_markdown(summary_of(samples([0.5], source="a|b <script>*")))
    assert "a\\|b \\<script\\>\\*" in report


def test_the_document_is_json_without_loss():
    document = json.loads(to_json(summary_of(LIVE + PRINT + REPLAY)))
    assert document["live_refused"]["interval"] == pytest.approx([0.0242, 0.0900], abs=1e-4)
    assert document["worst"]["bpcer_at_apcer"].keys() == {"0.1", "0.05", "0.01"}
    assert document["together"]["equal_error"]["apcer"]["total"] == 220
    assert to_json(summary_of(LIVE + PRINT + REPLAY)) == to_json(summary_of(LIVE + PRINT + REPLAY))
