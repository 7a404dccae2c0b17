"""The report of a check as people read it, and as one line of JSON."""

import json
from dataclasses import asdict
from typing import IO

from rich.console import Console
from rich.table import Table

from hub.demo.report import Report

SHOWN = 10  # stopped lines


def show(report: Report, out: IO[str]) -> None:
    """Tables, then the verdict in words, then the JSON as the last line."""
    console = Console(file=out, highlight=False, width=100, soft_wrap=False)
    console.print(_submitted(report))
    if report.stops:
        console.print(_stopped(report))
    console.print(_received(report))
    console.print(_seconds(report))
    for fault in report.faults:
        console.print(f"[red]✗ {fault}[/red]")
    if report.ok:
        console.print("✓ Every partner received exactly what the clauses say.")
    out.write(as_json(report) + "\n")
    out.flush()


def as_json(report: Report) -> str:
    found = asdict(report)
    for name in ("submitted", "accepted", "rejected", "stopped"):
        found[name] = sum(getattr(each, name) for each in report.submissions.values())
    return json.dumps(found, ensure_ascii=False)


def _submitted(report: Report) -> Table:
    said = ", ".join(f"{name} {text}" for name, text in report.defaults.items())
    table = Table(title="Submitted", caption=f"defaults: {said}", expand=True)
    table.add_column("by")
    table.add_column("input")
    for name in ("lines", "accepted", "rejected", "stopped by warninglists"):
        table.add_column(name, justify="right")
    for slug, each in report.submissions.items():
        numbers = (each.submitted, each.accepted, each.rejected, each.stopped)
        table.add_row(slug, report.input[slug], *map(_number, numbers))
    return table


def _stopped(report: Report) -> Table:
    left = sum(each.stopped for each in report.submissions.values()) - SHOWN
    caption = f"and {left} more" if left > 0 else None
    table = Table(title="Stopped", caption=caption, expand=True)
    for name in ("by", "line", "value", "reason"):
        table.add_column(name)
    for stop in report.stops[:SHOWN]:
        table.add_row(stop["by"], str(stop["line"]), stop["value"], stop["reason"])
    return table


def _received(report: Report) -> Table:
    table = Table(
        title="Released and received",
        caption=f"{_number(report.matches)} observables are claimed by two members;"
        f" {report.refused} direct requests of strangers were refused",
        expand=True,
    )
    table.add_column("clause")
    table.add_column("released", justify="right")
    for slug in report.received:
        table.add_column(slug, justify="right")
    for clause, released in report.released.items():
        cells = [each.get(clause) for each in report.received.values()]
        table.add_row(clause, _number(released), *map(_number, cells))
    return table


def _seconds(report: Report) -> Table:
    table = Table(title="Seconds", expand=True)
    for name in report.seconds:
        table.add_column(name, justify="right")
    table.add_row(*(f"{each:.2f}" for each in report.seconds.values()))
    return table


def _number(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"
