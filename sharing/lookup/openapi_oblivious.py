"""Describes oblivious look-ups."""

from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe
from sharing.tokens.scheme import OTAG_SCHEMES

TAG = "Looking up"
ELEMENT = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"


class BlindedList(Shape):
    """Values that were hidden on your side."""

    generation = serializers.IntegerField(help_text="The live one.")
    scheme = serializers.ChoiceField(
        choices=OTAG_SCHEMES,
        required=False,
        help_text="By which you made the elements, as `oprf/keys` tells it; 1 if left out.",
    )
    blinded = serializers.ListField(
        child=serializers.CharField(),
        help_text="1 to 1,000 elements of ristretto255, 64 hexadecimal digits each.",
    )


class EvaluatedList(Shape):
    """Check the proof against the key that you pinned, not against the one in here."""

    generation = serializers.IntegerField()
    evaluated = serializers.ListField(
        child=serializers.CharField(), help_text="One for each element, in order."
    )
    proof = serializers.CharField(help_text="For all of them: 128 hexadecimal digits.")
    public_key = serializers.CharField(help_text="As `oprf/keys` tells it.")


class KeyPin(Shape):
    """When the key was put on record, where nobody can change it."""

    event = serializers.IntegerField(help_text="Of the hub's audit log.")
    at = serializers.DateTimeField()


class OprfKey(Shape):
    """Everybody has the same: compare it with your partners'."""

    generation = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["building", "live"])
    effective_from = serializers.DateTimeField()
    public_key = serializers.CharField(help_text="32 bytes, hexadecimal.")
    scheme = serializers.ChoiceField(
        choices=OTAG_SCHEMES,
        help_text="What otags are made of: the digest (1), or type and digest (2).",
    )
    pinned = KeyPin()


class OprfKeyList(Shape):
    """The key of the live generation comes first."""

    keys = OprfKey(many=True)


evaluated = describe(
    "evaluate_blinded",
    "Look up obliviously",
    "Answers values that you blinded (RFC 9497, VOPRF, ristretto255-SHA512): the hub learns"
    " how many there were, and nothing else. From the answer you compute an otag of each"
    " value, and compare it with a filter of the collection on your side; the toolkit"
    " `hub.client` does it, and refuses what was not made with the pinned key."
    "\n\n`scheme` says what you hid: the digest (1), or the type and the digest (2), as"
    " `oprf/keys` tells for each generation. The hub cannot see it; what was made by another"
    " scheme than the generation's would never hit, so it is refused."
    "\n\nFor collections that hide their values (token and query). All elements are answered"
    " or none. What an element hides has no type here, so all types share one quota: 250,000 elements a day"
    " for each organization and collection. Beyond it the whole request is refused with 429"
    " and does not count.",
    answer(
        EvaluatedList,
        "The answers.",
        {
            "generation": 1,
            "evaluated": [ELEMENT],
            "proof": "0a" * 64,
            "public_key": ELEMENT,
        },
    ),
    tag=TAG,
    fails=(
        "bad-json not-found length-required too-large unsupported-type invalid too-many"
        " not-oblivious generation-not-begun generation-closed other-scheme key-destroyed"
    ).split(),
    request=BlindedList,
)
keys = describe(
    "show_oprf_keys",
    "Get public keys",
    "The public keys for oblivious look-ups, of the live generation and of an announced one."
    " Each was put into the hub's audit log when its generation was made; `pinned` says where."
    " Keep the key that you first saw, and compare it with what partners see: a hub that gave"
    " each member a key of its own could tell them apart.",
    answer(
        OprfKeyList,
        "The keys.",
        {
            "keys": [
                {
                    "generation": 1,
                    "state": "live",
                    "effective_from": "2026-11-01T00:00:00.000000Z",
                    "public_key": ELEMENT,
                    "scheme": 2,
                    "pinned": {"event": 4711, "at": "2026-11-01T00:00:00.000000Z"},
                }
            ]
        },
    ),
    tag=TAG,
    fails=("not-found", "not-oblivious", "key-destroyed"),
)
