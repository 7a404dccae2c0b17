"""What was done, for hub staff to read."""

from django.contrib import admin

from hub.lib.readonly import ReadOnlyAdmin
from orgs.audit.models import AuditEvent


@admin.register(AuditEvent)
class AuditAdmin(ReadOnlyAdmin):
    list_display = ("at", "verb", "organization", "user", "subject")
    list_select_related = ("organization", "user")
    list_filter = ("organization",)
    search_fields = ("verb", "subject")
    date_hierarchy = "at"
    ordering = ("-id",)
    fields = (
        "at",
        "verb",
        "organization",
        "user",
        "credential",
        "subject",
        "detail",
    )
