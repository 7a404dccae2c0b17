"""Addresses of the pages about what was received."""

from django.urls import path

from sharing.feeds import connect_views, notice_views, views

pages = [
    path("received", views.received, name="received"),
    path("received/<uuid:collection_id>", views.collection, name="collection"),
    path("connect", connect_views.connect, name="connect"),
    path("notices", notice_views.list_notices, name="notices"),
    path(
        "notices/<uuid:notice_id>/ack",
        notice_views.acknowledge,
        name="notice-acknowledge",
    ),
]
