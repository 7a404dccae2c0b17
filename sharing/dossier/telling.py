"""A graph as the API and the screen tell it."""

from collections.abc import Iterator
from typing import Any

from sharing.dossier.graph import Hub, Observable
from sharing.dossier.pivoting import Pivot


def told(pivot: Pivot) -> dict[str, Any]:
    graph = pivot.graph
    return {
        "release": pivot.release,
        "centre": graph.centre,
        "correlation": pivot.correlation,
        "nodes": [*_observables(graph.observables), *map(_hub, graph.hubs)],
        "edges": graph.edges,
        "cuts": [
            {
                "why": cut.why,
                "hub": cut.hub.id,
                "count": cut.count,
                "sentence": cut.sentence,
            }
            for cut in graph.cuts
        ],
        "looked": pivot.looked,
        "next": pivot.next,
    }


def _observables(found: tuple[Observable, ...]) -> Iterator[dict[str, Any]]:
    for each in found:
        yield {
            "id": each.id,
            "kind": "observable",
            "type": each.type,
            "text": each.text,
            "collection": {"id": each.collection, "name": each.where},
            "opens": each.opens,
            "records": [
                {"release": record.release, "by": record.by or None}
                for record in each.records
            ],
        }


def _hub(hub: Hub) -> dict[str, Any]:
    return {
        "id": hub.id,
        "kind": hub.kind,
        "type": None,
        "text": hub.text,
        "collection": {"id": hub.collection, "name": hub.where} if hub.where else None,
        "opens": None,
        "records": [],
    }
