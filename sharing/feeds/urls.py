"""Addresses of the pages about what was received."""

from django.urls import path

from sharing.feeds import connect_views, notice_views, sharing_views, views

pages = [
    path("sharing", sharing_views.overview, name="sharing"),
    path("sharing/receipts.csv", sharing_views.receipts_table, name="sharing-receipts"),
    path(
        "sharing/<uuid:collection_id>/acknowledge",
        sharing_views.acknowledge,
        name="sharing-acknowledge",
    ),
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
