"""AuditEvent: who did what; append-only, written in the caller's transaction."""

from django.db import models

from orgs.accounts.models import Organization, User
from orgs.audit.verbs import ABOUT_PEOPLE, ALARMS, Verb


class AuditEvent(models.Model):
    """Ids, counts and public keys; never values, digests or secret keys."""

    at = models.DateTimeField(db_index=True)
    verb = models.CharField(max_length=60)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True)
    user = models.ForeignKey(User, models.PROTECT, null=True)
    credential = models.UUIDField(null=True)
    subject = models.CharField(max_length=80, default="", blank=True)  # its id
    detail = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["organization", "-at"], name="audit_own"),
            models.Index(
                fields=["-at"],
                name="audit_alarms",
                condition=models.Q(verb__in=[str(verb) for verb in ALARMS]),
            ),
            models.Index(
                fields=["-at"],
                name="audit_backups",
                condition=models.Q(verb=str(Verb.HUB_BACKUP)),
            ),
            models.Index(fields=["user", "-id"], name="audit_of_person"),
            models.Index(
                fields=["subject", "-id"],
                name="audit_about_person",
                condition=models.Q(verb__in=[str(verb) for verb in ABOUT_PEOPLE]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
