"""Addresses of the inbox."""

from django.urls import path

from sharing.inbox import filter_views, views, watch_views

_ENTRY = "inbox/<slug:kind>/<uuid:subject>"
pages = [
    path("inbox", views.inbox, name="inbox"),
    path("inbox/decide", views.decide, name="inbox-decide"),
    path("watchlists", watch_views.lists, name="watchlists"),
    path(
        "watchlists/<uuid:watchlist_id>/remove",
        watch_views.remove,
        name="watchlist-remove",
    ),
    path("release-filters", filter_views.all_filters, name="release-filters"),
    path("release-filters/<uuid:filter_id>", filter_views.one, name="release-filter"),
    path(
        "release-filters/<uuid:filter_id>/remove",
        filter_views.remove,
        name="release-filter-remove",
    ),
    path(_ENTRY, views.entry, name="inbox-entry"),
    path(f"{_ENTRY}/open", views.open_entry, name="inbox-open"),
    path(f"{_ENTRY}/take-over", views.take_over, name="inbox-take-over"),
]
