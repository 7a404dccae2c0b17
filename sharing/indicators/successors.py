"""Which claim a line is about when the normal form of its type has a new version. Pure.

A value has an index under each version of its normal form. The claim that an earlier one
leads to goes on under the index in use; where there is one already, the earlier is taken
back: one value, one claim.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace

from sharing import vocabulary as v
from sharing.indicators.claims import Claim, Line

Key = tuple[str, bytes]  # type and index


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with the keys of its value: in use, and by earlier versions with digests."""

    line: Line
    key: Key
    older: Mapping[Key, bytes]

    @property
    def keys(self) -> Iterable[Key]:
        return (self.key, *self.older)

    def known(self, claims: Mapping[Key, Claim]) -> Claim | None:
        """The claim under the index in use, or else the latest under an earlier one."""
        if self.key in claims:
            return claims[self.key]
        found = [claims[key] for key in self.older if key in claims]
        return max(found, key=lambda claim: claim.source, default=None)

    def settle(self, claims: MutableMapping[Key, Claim], claim: Claim) -> bool:
        """Put the claim under the index in use, alone; whether it came from elsewhere."""
        moved = False
        for key, digest in self.older.items():
            old = claims.get(key)
            if old is claim:
                del claims[key]
                moved = True
            elif old is not None and old.source <= claim.source:
                _retire(old, digest, claim.source)
        claims[self.key] = claim
        return moved


def place(line: Line, index: Callable[[bytes], bytes]) -> Placed:
    older = {(line.kind, index(digest)): digest for digest in line.older}
    return Placed(line, (line.kind, index(line.digest)), older)


def _retire(claim: Claim, digest: bytes, source: tuple[int, int]) -> None:
    if claim.state != v.State.ACTIVE:
        return
    claim.state, claim.facts = v.State.WITHDRAWN, replace(claim.facts, note=None)
    claim.digest, claim.source, claim.changed = digest, source, True
