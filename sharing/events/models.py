"""The outbox: PostgreSQL is the queue, a Celery message is only the doorbell."""

from django.db import models
from django.db.models import Q


class OutboxRow(models.Model):
    """One thing that happened and somebody must act on; ids only, never values."""

    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    shard = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        verbose_name = "outbox row"
        indexes = [
            models.Index(
                fields=["shard", "id"],
                name="outbox_open",
                condition=Q(done_at__isnull=True, dead_at__isnull=True),
            ),
            models.Index(
                fields=["dead_at"],
                name="outbox_dead",
                condition=Q(dead_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
