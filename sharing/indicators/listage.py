"""How old the warninglists are, without loading what is large in them."""

from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import msgspec
from django.conf import settings

from hub.lib.clock import now
from sharing.indicators.misp_lists import PACKAGE

SMALL = 200_000  # bytes; larger lists are of the same day


class _Dated(msgspec.Struct):
    version: int = 0  # mostly a day, as 20261124; some count otherwise


_DECODER = msgspec.json.Decoder(_Dated, strict=False)


def newest() -> datetime | None:
    """The day of the newest list: of one's own folder by its files, else of the package."""
    folder = settings.WARNINGLISTS_DIR
    files = Path(folder).rglob("*.json*") if folder else ()
    changed = [path.stat().st_mtime for path in files if path.is_file()]
    if changed:
        return datetime.fromtimestamp(max(changed), UTC)
    return _of_package()


@lru_cache(maxsize=1)
def _of_package() -> datetime | None:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    lists = Path(spec.origin).parent / "data" / "misp-warninglists" / "lists"
    days, moment = [_day(path) for path in lists.glob("*/list.json")], now()
    known = [day for day in days if day is not None and day <= moment]
    return max(known, default=None)


def _day(path: Path) -> datetime | None:
    if path.stat().st_size > SMALL:
        return None
    with suppress(msgspec.MsgspecError, ValueError):
        version = _DECODER.decode(path.read_bytes()).version
        return datetime.strptime(str(version), "%Y%m%d").replace(tzinfo=UTC)
    return None
