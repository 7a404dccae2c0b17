"""Segregated-witness addresses: Bech32 (BIP-173) and Bech32m (BIP-350)."""

from sharing.indicators.types.base import BadValue

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
LENGTH_MAX = 90
BECH32, BECH32M = 1, 0x2BC830A3  # what the checksum of each leaves over
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_CHECKSUM = 6


def check_witness(address: str, prefix: str) -> None:
    """Raise BadValue unless a lower-case `address` is a witness address of `prefix`."""
    data = _data(address, prefix)
    remainder = _polymod(_expanded(prefix) + data)
    version, program = data[0], data[1:-_CHECKSUM]
    if remainder != (BECH32 if version == 0 else BECH32M):
        raise BadValue("bad-checksum", "The address's checksum is wrong.")
    length = _bytes_in(program)
    if version > 16 or not 2 <= length <= 40:
        raise _malformed()
    if (version == 0 and length not in (20, 32)) or (version == 1 and length != 32):
        raise _malformed()


def _data(address: str, prefix: str) -> list[int]:
    head, _, tail = address.rpartition("1")
    fits = len(address) <= LENGTH_MAX and len(tail) > _CHECKSUM
    if head != prefix or not fits or any(c not in _VALUES for c in tail):
        raise _malformed()
    return [_VALUES[c] for c in tail]


def _expanded(prefix: str) -> list[int]:
    codes = [ord(c) for c in prefix]
    return [code >> 5 for code in codes] + [0] + [code & 31 for code in codes]


def _polymod(values: list[int]) -> int:
    """The remainder of the BCH code over GF(32) that both BIPs share."""
    rest = 1
    for value in values:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                rest ^= generator
    return rest


def _bytes_in(program: list[int]) -> int:
    """How many bytes the 5-bit groups hold; what is left over must be short and zero."""
    whole, left = divmod(len(program) * 5, 8)
    if left >= 5 or (program and program[-1] & ((1 << left) - 1)):
        raise _malformed()
    return whole


def _malformed() -> BadValue:
    return BadValue("bad-wallet", "This is no valid Bitcoin address.")
