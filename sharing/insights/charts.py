"""Pictures as SVG, drawn by the server: bars, lines, sparklines. Pure.

Colours come from classes, places from attributes: nothing is styled in the document, so
the strictest content policy holds. The title and the sentence are read to those who do not
see the picture; the numbers stand in a table beside it.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

WIDTH = 400
_ROW, _LABEL, _NUMBER = 24, 120, 62
_HEIGHT, _LEFT, _TOP, _BOTTOM = 170, 48, 12, 24
_DASHES = ("", "6 3", "2 3")  # lines differ by more than their colour


class Bar(NamedTuple):
    label: str
    value: int | None  # None: not told
    shown: str


class Line(NamedTuple):
    name: str
    values: Sequence[int | None]


def bars(name: str, title: str, text: str, rows: Sequence[Bar]) -> str:
    """Horizontal bars, one to a row, with label and number."""
    most = max((row.value or 0 for row in rows), default=0) or 1
    room = WIDTH - _LABEL - _NUMBER
    parts = []
    for place, row in enumerate(rows):
        y = place * _ROW
        parts.append(_text(_LABEL - 8, y + 16, _short(row.label), "end"))
        if row.value:
            length = max(1, round(room * row.value / most))
            parts.append(_rect(_LABEL, y + 5, length, _ROW - 10, "chart__bar"))
        elif row.value is None:
            parts.append(_rect(_LABEL, y + 5, 18, _ROW - 10, "chart__hidden"))
        end = _LABEL + (round(room * (row.value or 0) / most) if row.value else 18)
        parts.append(_text(end + 6, y + 16, row.shown))
    return _svg(name, title, text, max(_ROW, len(rows) * _ROW), parts)


def lines(
    name: str, title: str, text: str, ticks: Sequence[str], series: Sequence[Line]
) -> str:
    """Lines over the same steps; what is not told leaves a gap."""
    most = max((v or 0 for line in series for v in line.values), default=0) or 1
    parts = [
        _rule(_LEFT, y := _y(part * most, most), WIDTH - 8)
        + _text(_LEFT - 6, y + 4, f"{round(part * most):,}", "end")
        for part in ((0, 1) if most < 2 else (0, 0.5, 1))
    ]
    for number, line in enumerate(series):
        kind = number % len(_DASHES)
        parts += [_run(points, kind) for points in _runs(line.values, most)]
    for place in sorted({0, len(ticks) - 1}) if ticks else ():
        side = "start" if place == 0 else "end"
        parts.append(_text(_x(place, len(ticks)), _HEIGHT - 6, ticks[place], side))
    return _svg(name, title, text, _HEIGHT, parts)


def sparkline(name: str, title: str, values: Sequence[int | None]) -> str:
    """A line without anything around it, as large as a word."""
    most = max((v or 0 for v in values), default=0) or 1
    step = 100 / max(1, len(values) - 1)
    points = [
        f"{place * step:.1f},{22 - 20 * value / most:.1f}"
        for place, value in enumerate(values)
        if value is not None
    ]
    line = f'<polyline class="chart__line chart__line--0" points="{" ".join(points)}"/>'
    return (
        f'<svg class="chart chart--spark" viewBox="-1 0 102 24" role="img"'
        f' aria-labelledby="{name}-title"><title id="{name}-title">{escape(title)}'
        f"</title>{line}</svg>"
    )


Point = tuple[float, float]


def _runs(values: Sequence[int | None], most: int) -> Iterable[list[Point]]:
    """The points of a line, a run for each stretch without a gap."""
    run: list[Point] = []
    for place, value in enumerate(values):
        if value is None:
            if run:
                yield run
            run = []
        else:
            run.append((_x(place, len(values)), _y(value, most)))
    if run:
        yield run


def _run(points: list[Point], kind: int) -> str:
    said = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = f' stroke-dasharray="{_DASHES[kind]}"' if _DASHES[kind] else ""
    line = (
        f'<polyline class="chart__line chart__line--{kind}"{dashes} points="{said}"/>'
    )
    dots = "".join(
        f'<circle class="chart__dot chart__dot--{kind}" cx="{x:.1f}" cy="{y:.1f}"'
        ' r="2.5"/>'
        for x, y in points
    )
    return line + dots


def _x(place: int, steps: int) -> float:
    return _LEFT + (WIDTH - _LEFT - 8) * place / max(1, steps - 1)


def _y(value: float, most: int) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * value / most


def _rule(x: float, y: float, until: float) -> str:
    return (
        f'<line class="chart__rule" x1="{x:.1f}" y1="{y:.1f}" x2="{until:.1f}"'
        f' y2="{y:.1f}"/>'
    )


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="2"/>'


def _text(x: float, y: float, said: str, anchor: str = "start") -> str:
    return (
        f'<text class="chart__text" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(said)}</text>"
    )


def _short(label: str) -> str:
    return label if len(label) <= 18 else f"{label[:17]}…"


def _svg(name: str, title: str, text: str, height: int, parts: Iterable[str]) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-labelledby="{name}-title {name}-text">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-text">{escape(text)}</desc>{"".join(parts)}</svg>'
    )
