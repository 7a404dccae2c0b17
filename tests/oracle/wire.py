"""Tokens as a partner computes them: from the value and the key of the generation."""

import hashlib
import hmac


def _lp16(part: bytes) -> bytes:
    return len(part).to_bytes(2, "big") + part


def digest(kind: str, value: str) -> bytes:
    plain = hashlib.sha256(value.encode()).digest()
    normal_form = (1).to_bytes(2, "big")
    return hashlib.sha256(
        b"accord/v1/indicator\0" + _lp16(kind.encode()) + normal_form + plain
    ).digest()


def token(number: int, key: str, kind: str, value: str) -> str:
    said = b"accord/v1/token\0" + _lp16(kind.encode()) + digest(kind, value)
    return f"{number}:{hmac.digest(bytes.fromhex(key), said, 'sha256').hex()}"
