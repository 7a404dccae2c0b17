"""Which claim a line is about when the normal form of its type has a new version. Pure.

A value has an index under each version of its normal form. The claim that an earlier one
leads to goes on under the index in use; where there is one already, the earlier is taken
back: one value, one claim. Who once gave the value may go on naming it by the hash of an
earlier version: a claim remembers the indexes that lead to it.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace

from sharing import vocabulary as v
from sharing.indicators.claims import Claim, Line
from sharing.indicators.types import TYPES

Key = tuple[str, bytes]  # type and index
OVER = (v.State.WITHDRAWN, v.State.EXPIRED)
FORMER_MAX = 64  # ways in which earlier versions wrote one value; the latest are kept


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with the keys of its value: in use, and by earlier versions with digests."""

    line: Line
    key: Key
    older: Mapping[Key, bytes]

    def led(self, claims: Mapping[Key, Claim], former: Mapping[Key, Key]) -> "Placed":
        """As it is, or as a line about the claim that its hash of before leads to."""
        key, own = former.get(self.key), claims.get(self.key)
        if key is None or (own is not None and own.state not in OVER):
            return self
        claim = claims[key]
        # Of a claim that is stored the digest stays as it is: this one is not written.
        digest = claim.digest or self.line.digest
        return Placed(replace(self.line, nv=claim.nv, digest=digest), key, {})

    @property
    def is_older_hash(self) -> bool:
        kind = TYPES.get(self.line.kind)
        return self.line.canonical is None and bool(kind and kind.nv != self.line.nv)

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
        if self.older:
            known = (*(index for _, index in self.older), *claim.former)
            claim.former = tuple(dict.fromkeys(known))[:FORMER_MAX]
        return moved


def place(line: Line, index: Callable[[bytes], bytes]) -> Placed:
    older = {(line.kind, index(digest)): digest for digest in line.older}
    return Placed(line, (line.kind, index(line.digest)), older)


def _retire(claim: Claim, digest: bytes, source: tuple[int, int]) -> None:
    if claim.state != v.State.ACTIVE:
        return
    claim.state, claim.facts = v.State.WITHDRAWN, replace(claim.facts, note=None)
    claim.digest, claim.source, claim.changed = digest, source, True
