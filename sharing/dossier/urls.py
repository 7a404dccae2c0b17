"""Addresses of what is known of one observable; no address holds a value."""

from django.urls import path

from sharing.dossier import graph_views, views

pages = [
    path("received/releases/<uuid:release_id>", views.indicator, name="indicator"),
    path(
        "received/releases/<uuid:release_id>/graph",
        graph_views.graph,
        name="indicator-graph",
    ),
    path(
        "received/releases/<uuid:release_id>/graph.json",
        graph_views.data,
        name="indicator-graph-data",
    ),
]
