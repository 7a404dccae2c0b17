"""Addresses of the staff's pages."""

from django.urls import URLPattern, path

from hub.staff import (
    health_views,
    key_views,
    onboarding_views,
    queue_views,
    quota_views,
)

_MEMBER = "staff/organizations/<uuid:member_id>"
pages: list[URLPattern] = [
    path("staff", health_views.health, name="staff"),
    path("staff/health.json", health_views.health_json, name="staff-health"),
    path("staff/queues", queue_views.queue, name="staff-queues"),
    path("staff/queues/retry", queue_views.retry, name="staff-retry"),
    path("staff/queues/give-up", queue_views.give_up, name="staff-give-up"),
    path(
        "staff/organizations",
        onboarding_views.organizations,
        name="staff-organizations",
    ),
    path("staff/organizations/new", onboarding_views.new, name="staff-new"),
    path(_MEMBER, onboarding_views.organization, name="staff-organization"),
    path(f"{_MEMBER}/details", onboarding_views.details, name="staff-details"),
    path(f"{_MEMBER}/people", onboarding_views.people, name="staff-people"),
    path(f"{_MEMBER}/keys", onboarding_views.connection, name="staff-connection"),
    path(f"{_MEMBER}/vouching", onboarding_views.vouch, name="staff-vouch"),
    path(f"{_MEMBER}/agreements", onboarding_views.drafting, name="staff-drafting"),
    path("staff/keys", key_views.keys, name="staff-keys"),
    path("staff/keys/<uuid:collection_id>", key_views.rotate, name="staff-rotation"),
    path("staff/quotas", quota_views.quotas, name="staff-quotas"),
    path("staff/quotas/<uuid:member_id>", quota_views.quota, name="staff-quota"),
]
