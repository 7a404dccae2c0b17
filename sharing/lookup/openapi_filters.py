"""Describes filters, the keys that they are signed with, and the details of a hit."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe, query
from sharing import vocabulary as v
from sharing.distribution.shapes import ID, RELEASE, Payload
from sharing.lookup.openapi import TAG, LineFault


class Filter(Shape):
    """A sorted set of 48-bit prefixes: whole, or as a change of the set of `since`."""

    collection = serializers.UUIDField()
    version = serializers.CharField(help_text="`generation.number`; the number rises.")
    of = serializers.ChoiceField(
        choices=["token", "otag"], help_text="What the prefixes are of."
    )
    taken_at = serializers.DateTimeField()
    count = serializers.IntegerField(help_text="Of prefixes in the whole set.")
    checksum = serializers.CharField(
        help_text="SHA-256 of the whole set, 6 bytes each, big-endian, in order."
    )
    since = serializers.CharField(
        allow_null=True, help_text="What this is a change of; nothing: it is whole."
    )
    additions = serializers.CharField(help_text="Rice-coded prefixes, in Base64.")
    removals = serializers.CharField(
        help_text="Rice-coded places in the set of `since`, in Base64."
    )
    key = serializers.IntegerField(help_text="Which signing key.")
    signature = serializers.CharField(help_text="Ed25519, hexadecimal.")


class SigningKey(Shape):
    """Pin it: what another key signed is not the hub's."""

    key = serializers.IntegerField()
    public = serializers.CharField(help_text="Ed25519, 32 bytes, hexadecimal.")
    created_at = serializers.DateTimeField()
    current = serializers.BooleanField()


class SigningKeyList(Shape):
    keys = SigningKey(many=True)


class HitList(Shape):
    """Otags that your own values evaluated to and the filter holds."""

    tokens = serializers.ListField(
        child=serializers.CharField(),
        help_text="`generation:hex` with 16 bytes; at most 100.",
    )


class Detail(Payload):
    """A release as its clause lets it be; it has no place in a stream."""

    kind = serializers.ChoiceField(choices=["release"])
    id = serializers.UUIDField()
    date_added = serializers.DateTimeField()
    collection = serializers.UUIDField()


class DetailResult(Shape):
    line = serializers.IntegerField(help_text="Its place in the request, from 1.")
    error = LineFault(required=False, help_text="Why the line could not be read.")
    releases = Detail(many=True, help_text="One entry per release.")


class DetailResults(Shape):
    asked = serializers.IntegerField()
    hits = serializers.IntegerField(help_text="Lines with a release.")
    unreadable = serializers.IntegerField(help_text="Lines with an error.")
    results = DetailResult(many=True)


EXAMPLE = {
    "collection": ID,
    "version": "1.1795512600",
    "of": "otag",
    "taken_at": "2026-11-24T09:30:00.000000Z",
    "count": 2,
    "checksum": "e39520675968deea43c5a3e8ca403c465398d1210267b1edcb69f8748fc8748d",
    "since": None,
    "additions": "AS4AAAACAABeAAAAAAWJAAAAAAM=",
    "removals": "AQAAAAAAAAAAAAAAAAA=",
    "key": 1,
    "signature": "7d" * 64,
}
OTAG = "1:" + "5e" * 16
PLACELESS = {k: said for k, said in RELEASE.items() if k not in ("cursor", "seq")}

read = describe(
    "read_filter",
    "Download a filter",
    "The first 48 bits of every token (or otag) that your organization may see in this"
    " collection now, signed: for matching at your side. With `since` only what changed"
    " since a version that you hold, as long as the hub still knows that one; else it is"
    " whole, and `since` is null. One number in 280 million is a false hit for a set of a"
    " million."
    "\n\n`of` says what the prefixes are of. Tokens you compute with the collection's key."
    " Otags only `oprf/evaluate` makes with you, and the hub does not learn of what."
    "\n\nThe coding, the bytes that are signed and a reader in Python are in `docs/api.md`"
    " and `hub.client`. Check signature and checksum before you use a set: `hub.client`"
    " refuses what fails. A filter lags its stream by a minute at most and ends claims up"
    " to a minute early; when a clause becomes narrower or somebody leaves, the very next"
    " answer says so."
    "\n\nWith If-None-Match and the ETag of what you hold the answer is 304 if nothing"
    " changed. Each download is audited.",
    answer(Filter, "The set, or what makes it of yours.", EXAMPLE)
    | {304: OpenApiResponse(description="Nothing changed since your ETag.")},
    tag=TAG,
    fails=("bad-parameter", "not-found"),
    parameters=[query("since", "The `version` of the set that you hold.")],
)
keys = describe(
    "list_signing_keys",
    "List signing keys",
    "The public keys that the hub signs filters with. They are pinned in its audit log from"
    " their first use on. Keep them when you connect, and take a new one only if your"
    " contact at the hub confirms it.",
    answer(
        SigningKeyList,
        "All of them, the current one last.",
        {
            "keys": [
                {
                    "key": 1,
                    "public": "7d" * 32,
                    "created_at": "2026-11-01T00:00:00.000000Z",
                    "current": True,
                }
            ]
        },
    ),
    tag=TAG,
)
details = describe(
    "show_details",
    "Ask for the details of a hit",
    "**This request reveals your hits to the hub**: it names the otags. Up to here the hub"
    " knows only how often you asked; from here on it knows which of the collection's"
    " claims concern you. Ask only for what you will act on."
    "\n\nFor collections whose clause says `query`: what the claim says, as its clause lets"
    " it be. An otag that is unknown, of another generation, or not for you is answered"
    f" alike: without releases. {v.DETAILS_AT_ONCE} at once, {v.DETAILS_A_DAY:,} a day in"
    " each collection; that it was asked and how many were hits is audited, what was asked"
    " is not.",
    answer(
        DetailResults,
        "What is known of each.",
        {
            "asked": 1,
            "hits": 1,
            "unreadable": 0,
            "results": [
                {
                    "line": 1,
                    "releases": [{"collection": ID, **PLACELESS, "token": OTAG}],
                }
            ],
        },
    ),
    tag=TAG,
    fails=(
        "bad-json not-found conflict length-required too-large unsupported-type invalid"
        " too-many"
    ).split(),
    request=HitList,
)
