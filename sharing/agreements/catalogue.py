"""Templates of common agreements: YAML files with capitals where the parties' slugs go."""

import re
from dataclasses import dataclass
from pathlib import Path

from hub.lib.errors import NotFound
from sharing.agreements.drafting import load

_SLUG = re.compile(r"[a-z0-9_-]{1,60}")
FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    about: str  # its first line, a sentence
    parties: tuple[str, ...]  # the placeholders
    source: str  # YAML


def templates() -> list[Template]:
    """All that ship with the hub, by name."""
    return [_read(path) for path in sorted(FOLDER.glob("*.yaml"))]


def template(name: str) -> Template:
    """One of them; a name that is none is NotFound, and never a path."""
    for each in templates():
        if each.name == name:
            return each
    raise NotFound("There is no such template.")


def filled(name: str, place: str = "", slug: str = "") -> str:
    """The source of a template, with a slug where one of its placeholders stands."""
    found = template(name)
    if place not in found.parties or not _SLUG.fullmatch(slug):
        return found.source
    return re.sub(rf"\b{re.escape(place)}\b", slug, found.source)


def _read(path: Path) -> Template:
    source = path.read_text(encoding="utf-8")
    about = source.partition("\n")[0].removeprefix("# ")
    return Template(path.stem, about, tuple(load(path)["parties"]), source)
