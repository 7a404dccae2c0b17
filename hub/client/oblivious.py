"""Asking without telling: values are blinded here, and an answer counts only if proven.

    told = get("collections/ID/oprf/keys")
    keys, schemes = pinned_keys(told, kept_from_before), schemes_of(told)
    asking = Oblivious(generation, keys[generation], schemes[generation])
    for value in asking.find(((each, typed(each)) for each in values), send, filter): ...

Nothing here opens a connection: `send` takes the body of a request to
`collections/ID/oprf/evaluate` and returns the JSON of its answer. The filter is whatever
has `in` for an otag of 16 bytes.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from hub.client.values import Typed
from sharing.tokens import scheme, voprf

BATCH = 1_000  # what the hub answers at once, and so what is held in memory

V = TypeVar("V")


class AnswerRefusedError(ValueError):
    """The hub's answer is not what it must be; nothing of it was used."""


class KeyChangedError(AnswerRefusedError):
    """A generation has another public key than before: it may be made for you alone."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is asked for, and what hides it: random, so never the same twice.

    `body` is what may leave; all else stays.
    """

    body: dict[str, Any]  # of the request, ready for JSON
    inputs: tuple[bytes, ...] = field(repr=False)  # of the function: of type and digest
    hidden: tuple[voprf.Blinded, ...] = field(repr=False)


class Oblivious:
    """Oblivious look-ups in one generation of a collection, against its pinned key."""

    def __init__(self, generation: int, public_key: str, otag_scheme: int) -> None:
        """`public_key` (64 hexadecimal digits) is kept from before, see `pinned_keys`.

        `otag_scheme` is what the hub tells beside it, see `schemes_of`. AnswerRefusedError
        if it is not known here: nothing that one asked would ever hit.
        """
        if otag_scheme not in scheme.OTAG_SCHEMES:
            raise AnswerRefusedError(
                f"Otags are made by scheme {otag_scheme} there: get a newer toolkit."
            )
        self.generation, self.otag_scheme = generation, otag_scheme
        self._public = _element(public_key)

    def blind(self, own: Sequence[Typed]) -> Batch:
        """Hide 1 to 1,000 values (`hub.client.typed` of each) for one request."""
        if not 1 <= len(own) <= BATCH:
            raise ValueError(f"A batch has 1 to {BATCH:,} values.")
        inputs = tuple(
            scheme.otag_input(self.otag_scheme, kind, digest) for kind, digest in own
        )
        hidden = tuple(map(voprf.blind, inputs))
        sent = [each.element.hex() for each in hidden]
        body: dict[str, Any] = {"generation": self.generation, "blinded": sent}
        if self.otag_scheme != scheme.BARE:  # earlier hubs do not know the word
            body["scheme"] = self.otag_scheme
        return Batch(body, inputs, hidden)

    def otags(self, batch: Batch, answer: Mapping[str, Any]) -> list[bytes]:
        """The otags (16 bytes) of a batch in its order, or AnswerRefusedError.

        Refused whole: another generation or key, another number of answers, a proof that
        does not hold.
        """
        try:
            evaluated = tuple(_element(each) for each in answer["evaluated"])
            proof, public = (
                bytes.fromhex(answer["proof"]),
                _element(answer["public_key"]),
            )
            generation = answer["generation"]
        except (KeyError, TypeError, ValueError):
            raise AnswerRefusedError("The hub's answer cannot be read.") from None
        if generation != self.generation:
            raise AnswerRefusedError("The hub answered in another generation.")
        if public != self._public:
            raise KeyChangedError(
                "The hub answered with another key than the pinned one."
            )
        found = voprf.Evaluation(evaluated, proof)
        try:
            outputs = voprf.finalize(batch.inputs, batch.hidden, found, self._public)
        except voprf.VoprfError as bad:
            raise AnswerRefusedError(f"The hub's answer is refused. {bad}") from None
        return [scheme.otag(each) for each in outputs]

    def find(
        self,
        own: Iterable[tuple[V, Typed]],
        send: Callable[[dict[str, Any]], Mapping[str, Any]],
        known: Container[bytes],
    ) -> Iterator[V]:
        """Those of one's own whose otag is known, in their order; 1,000 in memory at once.

        Each comes with type and digest: `((value, typed(value)) for value in values)`. An
        answer that is refused ends the search with AnswerRefusedError.
        """
        for some in _batches(own):
            batch = self.blind([asked for _, asked in some])
            otags = self.otags(batch, send(batch.body))
            for (value, _), otag in zip(some, otags, strict=True):
                if otag in known:
                    yield value


def pinned_keys(
    answer: Mapping[str, Any], known: Mapping[int, str] | None = None
) -> dict[int, str]:
    """The public keys by generation in an answer of `oprf/keys`, with those known before.

    KeyChangedError if one is not as it was. Keep what is returned, for the next time.
    """
    try:
        told = {
            int(each["generation"]): _element(each["public_key"]).hex()
            for each in answer["keys"]
        }
    except (KeyError, TypeError, ValueError):
        raise AnswerRefusedError("The hub's public keys cannot be read.") from None
    before = dict(known or {})
    for generation, key in told.items():
        if before.setdefault(generation, key) != key:
            raise KeyChangedError(
                f"The public key of generation {generation} is not the one known before."
            )
    return before


def schemes_of(answer: Mapping[str, Any]) -> dict[int, int]:
    """What otags are made of, by generation, in an answer of `oprf/keys`."""
    try:
        told = {
            int(each["generation"]): int(each.get("scheme", scheme.BARE))
            for each in answer["keys"]
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        raise AnswerRefusedError("The hub's public keys cannot be read.") from None
    return told


def _element(text: str) -> bytes:
    found = bytes.fromhex(text)
    if not voprf.is_element(found):
        raise AnswerRefusedError("This is no public key or answer.")
    return found


def _batches(own: Iterable[tuple[V, Typed]]) -> Iterator[list[tuple[V, Typed]]]:
    source = iter(own)
    while some := list(islice(source, BATCH)):
        yield some
