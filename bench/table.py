"""Figures as text: the median, and where nine of ten lie below."""

from collections.abc import Iterable, Sequence
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table


def middle(values: Sequence[float]) -> str:
    return f"{median(values):.1f}"


def ninth(values: Sequence[float]) -> str:
    return f"{quantiles(values, n=10)[8]:.1f}" if len(values) > 1 else "-"


def show(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*row)
    Console(width=110).print(table)
