"""`report.md`: the summary for people, as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from liveness.evaluation.counting import LEAST_SAMPLES
from liveness.evaluation.species import BOUNDS
from liveness.evaluation.summary import ALL_ATTACKS, Summary
from liveness.evaluation.wording import counts, errors, escaped, interval, mean_error, percent, share

_MOST_LINES = 20  # of rows without an answer; the rest stands in scores.csv

_NOTES = f"""## How to read this

- Terms of ISO/IEC 30107-3: APCER, attacks taken for a person, by kind of attack; BPCER, people taken for an
  attack; both of the presentations that were answered. APNRR and BPNRR: presentations without an answer.
- ACER is deprecated in the 2023 edition of the standard, and is told for comparison with older reports.
- Rates are told from {LEAST_SAMPLES} samples of a class on; below that counts alone. In parentheses 95 %
  intervals (Clopper and Pearson; for AUC Newcombe, for EER the hull of both errors' intervals). They take
  samples for independent: many frames of one person are worth less than they count.
- The EER, and BPCER at a stated APCER, have their threshold chosen on these very samples, and so flatter.
- Of directories and videos the antispoof score is that of the gate; the whole check has a table of its own.
"""


def to_markdown(summary: Summary) -> str:
    sections = (_head, _at_threshold, _separation, _sources, _leave_one_out, _sessions, _unanswered)
    return "\n\n".join([*(text for section in sections if (text := section(summary))), _NOTES])


def _head(summary: Summary) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in summary.kinds.items())
    lines = [
        f"# Evaluation of {escaped(summary.dataset)}",
        "",
        f"Presentations: {kinds or 'none'}. Threshold of the antispoof score: {summary.threshold:g}.",
        *(f"- {role}: `{sha256[:16]}`" for role, sha256 in summary.models.items()),
    ]
    if summary.repeated:
        lines += ["", f"**{summary.repeated} presentations repeat the content of another one**, "]
        lines[-1] += f"{summary.contradicting} of them under the other label. They are counted all the same."
    return "\n".join(lines)


def _at_threshold(summary: Summary) -> str:
    rows = [
        ["live", share(summary.live_no_answer), "BPCER", share(summary.live_refused)],
        *([escaped(s.name), share(s.no_answer), "APCER", share(s.accepted)] for s in summary.species),
    ]
    text = "## Errors at the threshold in use\n\n"
    text += _table(["", "no answer (BPNRR, APNRR)", "", "error rate"], rows)
    worst = summary.worst
    if worst is not None:
        text += f"\n\nWorst kind of attack: {escaped(worst.name)}, APCER {percent(worst.apcer.rate)}."
        if worst.acer is not None:
            text += f" ACER (mean of that and BPCER): {percent(worst.acer)}."
        if worst.too_few:
            text += f" Too few for a rate, and so not in it: {', '.join(map(escaped, worst.too_few))}."
    return text


def _separation(summary: Summary) -> str:
    kinds = [(kind.name, kind.separation) for kind in summary.species]
    if len(kinds) > 1:
        kinds.append((ALL_ATTACKS, summary.together))
    rows = []
    for name, found in kinds:
        if found is not None:
            point = found.equal_error
            row = [escaped(name), f"{found.area:.4f} ({interval(found.area_interval, 4)})", mean_error(point)]
            rows.append([*row, f"{point.threshold:.4f}"])
            rows[-1] += [errors(found.bpcer_at_apcer[bound]) for bound in BOUNDS]
    if summary.worst is not None and summary.worst.bpcer_at_apcer and len(kinds) > 1:
        at = summary.worst.bpcer_at_apcer
        rows.append(["each kind", "", "", "", *(errors(at[bound]) for bound in BOUNDS)])
    title = "## At any threshold\n\n"
    if not rows:
        return (
            title + f"Fewer than {LEAST_SAMPLES} live or {LEAST_SAMPLES} attacks of a kind: nothing to tell."
        )
    names = [f"BPCER{round(1 / bound)} (at APCER {bound:.0%}), threshold" for bound in BOUNDS]
    return title + _table(["attack", "AUC", "EER", "threshold of EER", *names], rows)


def _sources(summary: Summary) -> str:
    rows = [
        [
            escaped(source.name),
            *map(share, (source.live_no_answer, source.live_refused)),
            *map(share, (source.attacks_no_answer, source.attacks_accepted)),
        ]
        for source in summary.sources
    ]
    return "## By source\n\n" + _table(["source", "BPNRR", "BPCER", "APNRR", "APCER, all attacks"], rows)


def _leave_one_out(summary: Summary) -> str:
    found = summary.leave_one_out
    title = "## Leave one source out\n\n"
    if found is None:
        return title + "There is but one source."
    rows = [
        [
            escaped(s.name),
            f"{s.threshold:.4f}",
            f"{s.chosen_on_live} + {s.chosen_on_attacks}",
            *map(share, (s.live_refused, s.attacks_accepted)),
        ]
        for s in found.sources
    ]
    rows.append(["**all**", "", "", share(found.live_refused), share(found.attacks_accepted)])
    text = title + "The threshold is that of equal errors on all other sources.\n\n"
    text += _table(["left out", "threshold", "chosen on live + attacks", "BPCER", "APCER, all attacks"], rows)
    if found.not_tried:
        names = ", ".join(map(escaped, found.not_tried))
        text += f"\n\nNot tried, as the others lack live people or attacks: {names}."
    return text


def _sessions(summary: Summary) -> str:
    rows = [
        [
            escaped(group.name),
            "asked" if group.challenged else "not asked",
            share(group.no_answer),
            f"{'BPCER' if group.is_live else 'APCER'} {share(group.errors)}",
            *map(counts, (group.refused_by, group.failed, group.unproved)),
        ]
        for group in summary.sessions
    ]
    if not rows:
        return ""
    header = ["sessions", "actions", "no answer", "errors", "refused as", "failed gates", "not tried"]
    return "## The whole check, match excepted\n\n" + _table(header, rows)


def _unanswered(summary: Summary) -> str:
    lines = [f"- line {row.line}: {escaped(row.name)}: {row.reason}" for row in summary.unanswered]
    lines = [
        *lines[:_MOST_LINES],
        *([f"- and {len(lines) - _MOST_LINES} more"] if lines[_MOST_LINES:] else []),
    ]
    lines += [f"- line {bad.line}: not counted: {escaped(bad.words)}" for bad in summary.complaints]
    return "## Without an answer, or not counted\n\n" + "\n".join(lines) if lines else ""


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(header), ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
