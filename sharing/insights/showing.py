"""Numbers made ready for a page: each picture with the table that stands behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.lib.errors import NotFound
from orgs.accounts.actor import Actor, Right
from sharing.distribution.counting import EDGES
from sharing.feedback import received as feedback
from sharing.feedback.received import Led
from sharing.insights import charts, selectors, times
from sharing.insights.charts import Bar, Line
from sharing.insights.selectors import Effects, Period, Volume
from sharing.insights.suppressing import HIDDEN, told, told_together
from sharing.insights.times import Took

Cell = int | str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, the numbers behind it, and the name of its CSV."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    svg: str


@dataclass(frozen=True, slots=True)
class Part:
    """Figures about one thing."""

    name: str
    title: str
    text: str
    figures: tuple[Figure, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class Times:
    accepted: Took  # until released
    fetched: Took  # from there


@dataclass(frozen=True, slots=True)
class Page:
    parts: tuple[Part, ...]
    effects: Effects | None
    times: Times | None


def page(actor: Actor, period: Period) -> Page:
    """All that the actor may know: of its organization, or for hub staff of the hub."""
    if actor.is_staff:
        volume = selectors.hub_wide(actor, period)
        part = _rough("hub", HUB, volume, ("types", "scams"))
        return Page((part,), None, None)
    given = selectors.contributed(actor, period)
    found = [_exact("contributed", GIVEN, given)]
    if (volume_in := selectors.received(actor, period)) is not None:
        by = ("types", "scams", "partners")
        found.append(_rough("received", RECEIVED, volume_in, by))
    if actor.may(Right.READ):
        found.append(_led(feedback.led_to(actor, period.begins)))
    took = selectors.share_times(actor, period)
    found.append(_times(took))
    return Page(
        tuple(found),
        selectors.effects(actor, period),
        Times(took["released"][0], took["fetched"][0]),
    )


def figure(actor: Actor, period: Period, name: str) -> Figure:
    """One of the page's figures, or NotFound."""
    for part in page(actor, period).parts:
        for each in part.figures:
            if each.name == name:
                return each
    raise NotFound("There is no such table here.")


GIVEN = (
    "What you gave",
    (
        "Your claims that entered a collection for the first time, exactly. A claim counts in"
        " each collection that it entered, and with each recipient there."
    ),
)
RECEIVED = (
    "What you received",
    (
        "Releases of others that came into the collections that you may read now, since their"
        " present generation began. Counts below 5 are withheld, with what would give them away."
    ),
)
HUB = (
    "What was shared on the hub",
    (
        "Claims of all members that entered a collection for the first time. Counts below 5 are"
        " withheld, with what would give them away."
    ),
)
LED = (
    "What came back",
    (
        "What recipients did, met and think because of your claims, as far as their clauses"
        " let you see it; pieces of feedback by kind, and claims by what their verdicts come"
        " to, mended since or not. Counts below 5 are withheld, with what would give them"
        " away."
    ),
)
TOOK = (
    "Time to share",
    (
        "How long your claims took from being accepted to being released, and from there until"
        " the first recipient fetched them. Claims that waited for their clause are left out."
    ),
)
_BY = {"types": "Type", "scams": "Scam type", "partners": "Partner"}


def _exact(name: str, said: tuple[str, str], volume: Volume) -> Part:
    tables = [volume.types, volume.scams, volume.partners]
    figures = [
        _bars(f"{name}-{by}", f"{said[0]}, by {word.lower()}", word, dict(table))
        for (by, word), table in zip(_BY.items(), tables, strict=True)
    ]
    weeks: dict[str, int | None] = dict(volume.weeks)
    figures.append(_weeks(f"{name}-weeks", f"{said[0]}, by week", weeks))
    return Part(name, *said, tuple(figures), volume.types.total())


def _rough(name: str, said: tuple[str, str], volume: Volume, by: Sequence[str]) -> Part:
    counts = [dict(getattr(volume, each)) for each in by]
    *tables, weeks = told_together([*counts, dict(volume.weeks)])
    figures = [
        _bars(f"{name}-{each}", f"{said[0]}, by {word.lower()}", word, table.cells)
        for each, table in zip(by, tables, strict=True)
        if (word := _BY[each])
    ]
    figures.append(_weeks(f"{name}-weeks", f"{said[0]}, by week", weeks.cells))
    return Part(name, *said, tuple(figures), _shown(weeks.total))


def _led(led: Led) -> Part:
    """Outcomes first: they are what sharing is for."""
    tables = (
        ("outcomes", "Outcomes, by kind", "Outcome", "Reports", led.outcomes),
        ("sightings", "Sightings, by kind", "Sighting", "Reports", led.sightings),
        ("verdicts", "Verdicts, by kind", "Verdict", "Verdicts", led.verdicts),
        ("roll-ups", "What verdicts come to", "Roll-up", "Claims", led.roll_ups),
    )
    shown = [told(counts) for *_, counts in tables]
    figures = [
        _bars(f"led-{name}", title, word, each.cells, what)
        for (name, title, word, what, _), each in zip(tables, shown, strict=True)
    ]
    # One sum that is withheld would be what is left of the sum of all.
    sums = [each.total for each in shown[:3]]
    total = None if None in sums else sum(each or 0 for each in sums)
    return Part("led", *LED, tuple(figures), _shown(total))


def _bars(
    name: str,
    title: str,
    word: str,
    cells: Mapping[str, int | None],
    what: str = "Claims",
) -> Figure:
    """The largest first; what is withheld comes last, in the order of its names."""
    order = sorted(cells, key=lambda key: (-(cells[key] or 0), key))
    rows = [(key.replace("_", " ") or "not kept", cells[key]) for key in order]
    text = f"{len(rows)} of them; the largest is {rows[0][0]}." if rows else "Nothing."
    drawn = [Bar(label, n, _said(n)) for label, n in rows]
    table = tuple((label, _shown(n)) for label, n in rows)
    svg = charts.bars(name, title, text, drawn)
    return Figure(name, title, (word, what), table, svg)


def _weeks(name: str, title: str, cells: Mapping[str, int | None]) -> Figure:
    mondays = sorted(cells)
    values = [cells[each] for each in mondays]
    text = f"Week by week from {mondays[0]} to {mondays[-1]}; the last is not over."
    svg = charts.lines(name, title, text, mondays, [Line("Claims", values)])
    table = tuple((each, _shown(cells[each])) for each in mondays)
    return Figure(name, title, ("Week from", "Claims"), table, svg)


def _times(took: Mapping[str, tuple[Took, dict[int, int]]]) -> Part:
    names = {
        "released": "From accepted to released",
        "fetched": "From released to fetched",
    }
    figures = []
    for stage, title in names.items():
        buckets = took[stage][1]
        rows = [(times.label(each, EDGES), buckets[each]) for each in sorted(buckets)]
        drawn = [Bar(label, n, _said(n)) for label, n in rows]
        text = f"{took[stage][0].count:,} claims, by how long they took."
        svg = charts.bars(f"times-{stage}", title, text, drawn)
        name, columns = f"times-{stage}", ("Time", "Claims")
        figures.append(Figure(name, title, columns, tuple(rows), svg))
    return Part("times", *TOOK, tuple(figures), took["released"][0].count)


def _shown(count: int | None) -> Cell:
    return HIDDEN if count is None else count


def _said(count: int | None) -> str:
    return HIDDEN if count is None else f"{count:,}"
