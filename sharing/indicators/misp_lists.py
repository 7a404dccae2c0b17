"""Reading warninglists in MISP's format, from the package and from a folder."""

import gzip
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import msgspec

from sharing.indicators.types import BadValue
from sharing.indicators.types.domain import host_name

PACKAGE = "pymispwarninglists"
NAME_CHARACTERS = 120  # what a claim keeps of the name of a list
HOSTS = frozenset({"domain", "hostname", "domain|ip", "url", "uri", "hostname|port"})
MAILS = frozenset(
    {"email", "email-src", "email-dst", "target-email", "whois-registrant-email"}
)
ADDRESSES = frozenset({"ip-src", "ip-dst", "ip-src|port", "ip-dst|port", "domain|ip"})
PHONES = frozenset({"phone-number", "whois-registrant-phone"})
WALLETS = frozenset({"btc"})
OURS = HOSTS | MAILS | ADDRESSES | PHONES | WALLETS


class ListFileError(Exception):
    """A file of the folder is no warninglist; a stop must not go missing in silence."""


class MispList(msgspec.Struct):
    """One warninglist as its file has it, and the name of the file."""

    name: str
    type: str
    entries: list[str] = msgspec.field(name="list")
    matching_attributes: list[str] = []
    slug: str = ""

    def concerns(self, attributes: frozenset[str]) -> bool:
        return not attributes.isdisjoint(self.matching_attributes)


_DECODER = msgspec.json.Decoder(MispList, strict=False)


def package_lists() -> Iterator[MispList]:
    """The lists that the pip package carries; it is found, not imported."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ListFileError(f"The package {PACKAGE} is not installed.")
    folder = Path(spec.origin).parent / "data" / "misp-warninglists" / "lists"
    for path in sorted(folder.glob("*/list.json")):
        yield _read(path)


def folder_lists(folder: Path) -> Iterator[MispList]:
    """Every .json and .json.gz of a folder, and list.json of the folders in it."""
    if not folder.is_dir():
        raise ListFileError("The folder of warninglists does not exist.")
    for pattern in ("*.json", "*.json.gz", "*/list.json"):
        for path in sorted(folder.glob(pattern)):
            yield _read(path)


def _read(path: Path) -> MispList:
    try:
        raw = path.read_bytes()
        found = _DECODER.decode(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    except (OSError, EOFError, ValueError, msgspec.MsgspecError) as error:
        raise ListFileError(
            f"{path.name} is no warninglist in MISP's format."
        ) from error
    found.name = found.name[:NAME_CHARACTERS]
    stem = path.name.partition(".")[0]
    found.slug = path.parent.name if stem == "list" else stem
    return found


def host_entries(found: MispList) -> Iterator[tuple[str, bool]]:
    """The entries that are hosts, and whether each stands for the hosts below it too."""
    whole = found.type != "string"
    for entry in found.entries:
        text = entry.strip().lower()
        below = whole or text.startswith((".", "*."))
        host = _host(text.removeprefix("*").lstrip(".").rstrip("."))
        if host:
            yield host, below


def _host(text: str) -> str:
    if text.isascii():
        return "" if _foreign(text) else text
    try:
        return host_name(text)
    except BadValue:
        return ""


def _foreign(text: str) -> bool:
    return "/" in text or "*" in text or "@" in text or ":" in text


def plain_locals(found: MispList) -> Iterator[str]:
    """The names in expressions of the form /^(abuse|noc)@...$/i.

    The one list of contact addresses is written that way. Nothing here runs a regular
    expression that a list brings along.
    """
    for entry in found.entries:
        head, bracket, rest = entry.partition("(")
        names, closing, tail = rest.partition(")")
        if head == "/^" and bracket and closing and tail.lstrip("\\").startswith("@"):
            yield from (name.lower() for name in names.split("|") if name.isalnum())
