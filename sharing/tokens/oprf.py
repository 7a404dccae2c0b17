"""The OPRF of one generation: otags of what the hub knows, answers to what it does not."""

from collections.abc import Sequence
from uuid import UUID

from sharing.tokens import scheme, voprf
from sharing.tokens.roots import OprfRoot
from sharing.tokens.voprf import Evaluation


class Oprf:
    """Holds the secret key of a generation, and does not show it."""

    __slots__ = ("_key", "otag_scheme")

    def __init__(self, root: OprfRoot, collection: UUID, number: int) -> None:
        self._key = scheme.oprf_key(root.secret, collection, number)
        self.otag_scheme = root.otag_scheme

    def __repr__(self) -> str:
        return f"<Oprf {self.public.hex()}>"

    @property
    def public(self) -> bytes:
        """The 32 bytes against which proofs are checked."""
        return self._key.public

    def otag(self, kind: str, d: bytes) -> bytes:
        """What a recipient ends with who asks obliviously for this: 16 bytes, 46 us."""
        asked = scheme.otag_input(self.otag_scheme, kind, d)
        return scheme.otag(voprf.output(self._key.secret, asked))

    def evaluate(self, blinded: Sequence[bytes]) -> Evaluation:
        """The answers to blinded elements in their order, and one proof for all.

        BadElementError if one of them is no element of the group; then none is answered.
        What an element hides, its type too, is not seen here.
        """
        return voprf.evaluate(self._key, blinded)
