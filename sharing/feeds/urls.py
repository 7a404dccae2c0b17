"""Addresses of the pages about what was received."""

from django.urls import path

from sharing.feeds import views

pages = [
    path("received", views.received, name="received"),
    path("received/<uuid:collection_id>", views.collection, name="collection"),
]
