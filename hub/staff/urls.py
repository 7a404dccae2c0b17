"""Addresses of the staff's pages."""

from django.urls import URLPattern, path

from hub.staff import health_views, queue_views

pages: list[URLPattern] = [
    path("staff", health_views.health, name="staff"),
    path("staff/health.json", health_views.health_json, name="staff-health"),
    path("staff/queues", queue_views.queue, name="staff-queues"),
    path("staff/queues/retry", queue_views.retry, name="staff-retry"),
    path("staff/queues/give-up", queue_views.give_up, name="staff-give-up"),
]
