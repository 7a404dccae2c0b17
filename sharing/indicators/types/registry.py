"""All types, and reading a value whose type may have to be guessed."""

import re

from sharing.indicators.types.base import BadValue, IndicatorType, Parsed, plain
from sharing.indicators.types.btc_wallet import BtcWallet
from sharing.indicators.types.domain import Domain
from sharing.indicators.types.email import Email
from sharing.indicators.types.evm_wallet import EvmWallet
from sharing.indicators.types.ip import Ipv4, Ipv6
from sharing.indicators.types.phone import Phone
from sharing.indicators.types.refang import refang
from sharing.indicators.types.url import Url

# The order of guessing: from shapes that cannot be anything else to the most general.
_ALL: tuple[IndicatorType, ...] = (
    EvmWallet(),
    Ipv4(),
    Ipv6(),
    Email(),
    Phone(),
    Url(),
    BtcWallet(),
    Domain(),
)
TYPES: dict[str, IndicatorType] = {kind.name.value: kind for kind in _ALL}

# A line of a hosts file: a sinkhole address, then the name it hides.
_HOSTS_LINE = re.compile(r"(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(\S+)(?:\s+#.*)?")
_SINKHOLE_STARTS = ("0", "1", ":")


def read_value(text: str, *, kind: str | None, region: str | None = None) -> Parsed:
    """The value in its normal form, or BadValue; without `kind` the type is guessed.

    The text may be defanged, or a line of a hosts file.
    """
    text = refang(plain(_without_sinkhole(text)))
    found = _named(kind) if kind else guess(text)
    canonical = found.normalise(text, region=region)
    return Parsed(found.name.value, found.nv, canonical, not kind)


def _without_sinkhole(text: str) -> str:
    line = text.strip()
    if line[:1] in _SINKHOLE_STARTS and (found := _HOSTS_LINE.fullmatch(line)):
        return found[1]
    return text


def guess(text: str) -> IndicatorType:
    """The type that a bare text looks like, or BadValue."""
    for kind in _ALL:
        if kind.recognises(text):
            return kind
    raise BadValue("unrecognised", "The value is of no type that the hub knows.")


def _named(kind: str) -> IndicatorType:
    found = TYPES.get(kind)
    if found is None:
        raise BadValue("unknown-type", "There is no such type of indicator.")
    return found
