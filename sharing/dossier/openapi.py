"""Describes the operation that tells a graph."""

from uuid import UUID

from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe, query
from sharing import vocabulary as v
from sharing.distribution.openapi import COLLECTION, RELEASE
from sharing.distribution.shapes import Correlation, Name
from sharing.dossier.graph import Kind, Why

OTHER = "7a1f0f0e-3c55-4d0e-9a53-0a2b8b7c6d5e"
CENTRE = "1f6b2b7c-8a39-4c41-9f0e-5d2a7c8e9b10"
HUB = "2a7c3c8d-9b4a-4d52-8a1f-6e3b8d9fac21"
FRIEND = "3b8d4d9e-ac5b-4e63-9b20-7f4c9ea0bd32"


class Seen(Shape):
    release = serializers.UUIDField()
    by = serializers.CharField(
        allow_null=True, help_text="The originator, as far as it is released."
    )


class Node(Shape):
    """An observable of a collection, or what several of them have in common."""

    id = serializers.UUIDField(help_text="Of the node; tells nothing.")
    kind = serializers.ChoiceField(choices=["observable", *Kind])
    type = serializers.ChoiceField(choices=list(v.IndicatorKind), allow_null=True)
    text = serializers.CharField(help_text="Value or token, label, or host.")
    collection = Name(allow_null=True)
    opens = serializers.UUIDField(
        allow_null=True, help_text="A release of it, to go on from."
    )
    records = Seen(many=True, help_text="Releases of it, as far as they were seen.")


class Edge(Shape):
    hub = serializers.UUIDField()
    observable = serializers.UUIDField()
    why = serializers.CharField()
    records = serializers.ListField(child=serializers.UUIDField())


class Cut(Shape):
    why = serializers.ChoiceField(choices=list(Why))
    hub = serializers.UUIDField()
    count = serializers.IntegerField(help_text="Observables that are not drawn.")
    sentence = serializers.CharField()


class Looked(Shape):
    collection = Name()
    records = serializers.IntegerField(help_text="That may be read, the newest first.")
    more = serializers.BooleanField(help_text="Older ones were not looked at yet.")


class Pivot(Shape):
    release = serializers.UUIDField()
    centre = serializers.UUIDField()
    correlation = Correlation()
    nodes = Node(many=True)
    edges = Edge(many=True)
    cuts = Cut(many=True)
    looked = Looked(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="For `before`: look further. Null: all was seen."
    )


def _node(pk: str, text: str, release: str) -> dict[str, object]:
    return {
        "id": pk,
        "kind": "observable",
        "type": "domain",
        "text": text,
        "collection": COLLECTION,
        "opens": release,
        "records": [{"release": release, "by": "Meadow Social"}],
    }


def _edge(pk: str, release: str) -> dict[str, object]:
    why = "Contributors of “Fraud prevention” label it “parcel-7”."
    return {"hub": HUB, "observable": pk, "why": why, "records": [release]}


graph = describe(
    "show_graph",
    "See what hangs together with a release",
    "The graph around the observable of a release: what else bears the same label in its"
    " collection, is under the same host (of values that are shown whole), or is the same"
    " value shown whole in another collection. Only what your organization may read is"
    " drawn, looked for and counted."
    "\n\nAt most 500 nodes; `cuts` tells all that is not drawn. Of each stream only the"
    " newest records are looked through; `looked` says how many, and `before` goes on where"
    " that ended. With `hub` only one of the hubs, of which up to 100 are drawn.",
    answer(
        Pivot,
        "Nodes, edges, and what was cut.",
        {
            "release": RELEASE,
            "centre": CENTRE,
            "correlation": {
                "originators": "fewer than 5",
                "over_correlating": False,
                "reason": None,
            },
            "nodes": [
                _node(CENTRE, "1:" + "5e" * 32, RELEASE),
                _node(FRIEND, "1:" + "6f" * 32, OTHER),
                {
                    "id": HUB,
                    "kind": "label",
                    "type": None,
                    "text": "parcel-7",
                    "collection": COLLECTION,
                    "opens": None,
                    "records": [],
                },
            ],
            "edges": [_edge(CENTRE, RELEASE), _edge(FRIEND, OTHER)],
            "cuts": [
                {
                    "why": "degree",
                    "hub": HUB,
                    "count": 12,
                    "sentence": "12 more under the label “parcel-7”: 25 of one are drawn"
                    " at once.",
                }
            ],
            "looked": [{"collection": COLLECTION, "records": 984, "more": True}],
            "next": "c3b7d6de6c5e4b0e9c0c6f6e2b9f7d44.39872",
        },
    ),
    tag="Receiving",
    fails=("bad-parameter", "not-found"),
    parameters=[
        query("hub", "The id of a hub, as an answer about this release gave it.", UUID),
        query("before", "`next` of the answer before, about the same."),
    ],
)
