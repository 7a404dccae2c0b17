"""The dead letters: what failed too often, and a second chance for it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from hub.lib.readonly import ReadOnlyAdmin
from orgs.accounts.requests import actor_of
from sharing.events import services
from sharing.events.models import OutboxRow


@admin.register(OutboxRow)
class DeadLetterAdmin(ReadOnlyAdmin):
    """Only the dead: rows at work change too fast to be read here."""

    list_display = ("id", "kind", "payload", "attempts", "last_error", "dead_at")
    list_filter = ("kind",)
    ordering = ("-dead_at",)
    fields = (
        "kind",
        "payload",
        "shard",
        "created_at",
        "attempts",
        "last_error",
        "dead_at",
    )
    actions = ("retry",)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        named = {"title": "Dead letters", **(extra_context or {})}
        return super().changelist_view(request, named)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxRow]:
        dead: QuerySet[OutboxRow] = OutboxRow.objects.filter(dead_at__isnull=False)
        return dead.order_by(*self.ordering)

    @admin.action(description="Retry the selected dead letters")
    def retry(self, request: HttpRequest, queryset: QuerySet[OutboxRow]) -> None:
        letters = list(queryset.values_list("pk", flat=True))
        count = services.retry(letters, actor=actor_of(request))
        self.message_user(request, f"{count} put back to work.", messages.SUCCESS)
