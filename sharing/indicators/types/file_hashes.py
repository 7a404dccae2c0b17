"""Cryptographic hashes of files."""

from typing import ClassVar

from sharing.indicators.types.hashes import HexHash
from sharing.vocabulary import IndicatorKind

_MD5 = "9e107d9d372bb6826bd81d3542a419d6"
_SHA1 = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
_SHA256 = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"


class FileMd5(HexHash):
    name = IndicatorKind.FILE_MD5
    algorithm, digits = "md5", 32
    examples: ClassVar = ((_MD5.upper(), _MD5), (f"MD5: {_MD5}", _MD5))
    bad_examples: ClassVar = (
        _SHA1,
        _MD5[:-1],
        "d41d8cd98f00b204e9800998ecf8427e",
        f"sha1:{_MD5}",
        "0" * 32,
    )


class FileSha1(HexHash):
    name = IndicatorKind.FILE_SHA1
    algorithm, digits = "sha1", 40
    examples: ClassVar = ((_SHA1.upper(), _SHA1), (f"SHA-1={_SHA1}", _SHA1))
    bad_examples: ClassVar = (
        _MD5,
        f"{_SHA1}0",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        f"0x{_SHA1}",
    )


class FileSha256(HexHash):
    name = IndicatorKind.FILE_SHA256
    algorithm, digits = "sha256", 64
    examples: ClassVar = ((_SHA256.upper(), _SHA256), (f"sha256:{_SHA256}", _SHA256))
    bad_examples: ClassVar = (
        _SHA1,
        f"pdq:{_SHA256}",
        _SHA256.replace("d7", "g7"),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
