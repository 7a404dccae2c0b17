"""API keys, for hub staff to see that they exist: never a digest, never a new one."""

from django.contrib import admin

from hub.lib.readonly import ReadOnlyAdmin
from orgs.credentials.models import Credential


@admin.register(Credential)
class CredentialAdmin(ReadOnlyAdmin):
    list_display = ("name", "organization", "prefix", "last_used_at", "revoked_at")
    list_select_related = ("organization",)
    list_filter = ("organization",)
    ordering = ("-created_at",)
    fields = (
        "organization",
        "name",
        "prefix",
        "role",
        "scopes",
        "addresses",
        "created_by",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
    )
