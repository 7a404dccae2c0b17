"""Hashes of pictures and videos, compared exactly.

PDQ is made to find what is nearly the same; under a key only what is just the same is
found. Nearness has no private form here.
"""

from typing import ClassVar

from sharing.indicators.types.hashes import HexHash
from sharing.vocabulary import IndicatorKind

_MD5 = "e4d909c290d0fb1ca068ffaddf22cbd0"
_SHA256 = "ef537f25c895bfa782526529a9b63d97aa631564d5d789c2b765448c8635fb6c"
_PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"


class MediaMd5(HexHash):
    name = IndicatorKind.MEDIA_MD5
    algorithm, digits = "md5", 32
    examples: ClassVar = ((_MD5.upper(), _MD5), (f"md5:{_MD5}", _MD5))
    bad_examples: ClassVar = (_PDQ, _MD5[:-1], "d41d8cd98f00b204e9800998ecf8427e")


class MediaSha256(HexHash):
    name = IndicatorKind.MEDIA_SHA256
    algorithm, digits = "sha256", 64
    examples: ClassVar = ((_SHA256.upper(), _SHA256), (f"SHA-256:{_SHA256}", _SHA256))
    bad_examples: ClassVar = (_MD5, f"pdq:{_SHA256}", f"{_SHA256}00")


class MediaPdq(HexHash):
    name = IndicatorKind.MEDIA_PDQ
    algorithm, digits = "pdq", 64
    examples: ClassVar = ((_PDQ.upper(), _PDQ), (f"pdq:{_PDQ}", _PDQ))
    bad_examples: ClassVar = (_MD5, f"sha256:{_PDQ}", "0" * 64, "f" * 64, f"{_PDQ},100")
