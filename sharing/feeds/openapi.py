"""Describes the operations about collections and their streams."""

from rest_framework import serializers

from hub.api.openapi import (
    Shape,
    answer,
    describe,
    limit,
    lines_of,
    list_of,
    query,
    stream,
)
from sharing import vocabulary as v
from sharing.distribution.shapes import ID, RELEASE, Placed, Release

TAG = "Receiving"
EVENTS = "suspended resumed closed generation_begins build_complete".split()


class Collection(Shape):
    """What a clause of an agreement feeds."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    agreement = serializers.CharField()
    clause = serializers.CharField()
    disclosure = serializers.ChoiceField(choices=list(v.Disclosure))
    can_read = serializers.BooleanField()
    can_contribute = serializers.BooleanField()
    generation = serializers.IntegerField(allow_null=True, help_text="For readers.")
    head = serializers.CharField(
        help_text="The newest cursor, for readers; empty where there is no stream."
    )
    releases = serializers.IntegerField(allow_null=True, help_text="Readable now.")
    links = serializers.DictField(
        child=serializers.CharField(),
        help_text="For readers, what there is: `releases`, `keys`, `receipts` and `filter`"
        " of a stream; where the clause only answers questions, `filter`,"
        " `oprf_evaluate`, `oprf_keys` and `details`.",
    )


class CollectionList(Shape):
    collections = Collection(many=True)


class Tombstone(Placed):
    """A release that is no more: forget it."""

    kind = serializers.ChoiceField(choices=["tombstone"])
    id = serializers.UUIDField(help_text="Of the release.")
    token = serializers.CharField(required=False)


class Control(Placed):
    """Something that concerns the whole collection."""

    kind = serializers.ChoiceField(choices=["control"])
    event = serializers.ChoiceField(choices=EVENTS)


class RecordPage(Shape):
    records = list_of("Record", Release, Tombstone, Control, kind="kind")
    next = serializers.CharField(help_text="Where to read on, now or later.")
    more = serializers.BooleanField(help_text="Whether there is more already.")


class TokenKey(Shape):
    """With it you compute tokens of your own values. Keep it secret."""

    generation = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["building", "live"])
    effective_from = serializers.DateTimeField()
    key = serializers.CharField(help_text="32 bytes, hexadecimal.")


class KeyList(Shape):
    keys = TokenKey(many=True)


class Acknowledgement(Shape):
    cursor = serializers.CharField(help_text="Everything up to here is dealt with.")


class Receipt(Shape):
    """How far you have come; never goes back."""

    collection = serializers.UUIDField()
    acknowledged = serializers.CharField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    delivered = serializers.CharField(help_text="The farthest that you were served.")


EXAMPLE = {
    "id": ID,
    "title": "Fraud prevention",
    "agreement": "Coalition against scams",
    "clause": "Fraud prevention",
    "disclosure": "token",
    "can_read": True,
    "can_contribute": False,
    "generation": 1,
    "head": "1.42",
    "releases": 40,
    "links": {"releases": f"/api/v1/collections/{ID}/releases"},
}
TOMBSTONE = {
    "kind": "tombstone",
    "id": "9f8e7d6c-5b4a-4938-8271-605f4e3d2c1b",
    "cursor": "1.42",
    "seq": 42,
    "date_added": "2026-11-24T09:31:00.000000Z",
    "token": "1:" + "a7" * 32,
}

listed = describe(
    "list_collections",
    "List collections",
    "What your organization may read now, and what it contributes to. Where `disclosure` is"
    " `query` nothing is handed over: one asks, by the addresses in `links`.",
    answer(CollectionList, "All of them.", {"collections": [EXAMPLE]}),
    tag=TAG,
)
one = describe(
    "show_collection",
    "Show a collection",
    "One collection that your organization may read now.",
    answer(Collection, "The collection.", EXAMPLE),
    tag=TAG,
    fails=("not-found",),
)
releases = describe(
    "read_releases",
    "Read a stream",
    "The records after a cursor, oldest first: releases, tombstones (withdrawn, expired, no"
    " longer covered) and control records. Keep `next` and come back with it: it never skips"
    " anything. A release that comes again with the same id replaces the earlier one."
    "\n\nAs NDJSON with `limit` the answer is one page, and the header Accord-Cursor says where"
    " to go on. Without `limit` it is the whole stream up to its head. The last line is always"
    " the end; an answer without it was cut off: go on after the last cursor that came."
    "\n\nWhat is served counts as delivered. A new generation begins by itself: a cursor of an"
    " older one goes on at its start.",
    answer(
        RecordPage,
        "A page.",
        {"records": [RELEASE, TOMBSTONE], "next": "1.42", "more": False},
    )
    | stream(
        lines_of("RecordLine", Release, Tombstone, Control, kind="kind"),
        "One record a line, then the end.",
        [RELEASE, TOMBSTONE, {"kind": "end", "next": "1.42", "more": False}],
    ),
    tag=TAG,
    fails=("bad-cursor", "bad-limit", "not-found", "no-stream", "resync-required"),
    parameters=[
        query("after", "A cursor; nothing is the beginning."),
        limit(1000),
    ],
)
keys = describe(
    "show_keys",
    "Get token keys",
    "The keys of the live generation and of an announced one, for computing tokens of your own"
    " values. Needs the scope `keys`; every look is audited."
    "\n\nA token is HMAC-SHA256 under the key; `docs/api.md` and the toolkit `hub.client` show"
    " how it is made.",
    answer(
        KeyList,
        "The keys.",
        {
            "keys": [
                {
                    "generation": 1,
                    "state": "live",
                    "effective_from": "2026-11-01T00:00:00.000000Z",
                    "key": "00" * 32,
                }
            ]
        },
    ),
    tag=TAG,
    fails=("not-found", "no-stream", "key-destroyed"),
)
receipts = describe(
    "acknowledge",
    "Acknowledge records",
    "Says that you have dealt with everything up to a cursor. Sending an older one changes"
    " nothing.",
    answer(
        Receipt,
        "What is on record now.",
        {
            "collection": ID,
            "acknowledged": "1.42",
            "acknowledged_at": "2026-11-24T09:32:00.000000Z",
            "delivered": "1.42",
        },
    ),
    tag=TAG,
    fails=(
        "bad-json bad-cursor not-found no-stream length-required too-large unsupported-type invalid"
        " beyond-delivered"
    ).split(),
    request=Acknowledgement,
)
