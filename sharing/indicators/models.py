"""Indicator: one organization's claim about one observable."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from orgs.models import Organization
from sharing import vocabulary as v


def _choices(words: type) -> list[tuple[str, str]]:
    return [(str(word), str(word)) for word in words]  # type: ignore[attr-defined]


class ClaimBatch(models.Model):
    """Claims of one owner that changed in one transaction and are released together."""

    owner = models.ForeignKey(Organization, models.PROTECT)
    cause = models.CharField(max_length=20)  # accepted, expired, undone ...
    submission = models.BigIntegerField(null=True)  # its ordinal, if one was the cause
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["submission"],
                name="batches_of_submission",
                condition=Q(submission__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class Indicator(models.Model):
    """A claim. The observable itself is known only as `index`, `digest` is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Organization, models.PROTECT)
    type = models.CharField(max_length=20)  # of IndicatorKind; a new one: no migration
    index = models.BinaryField()  # 32 bytes, HMAC under the hub's index key
    index_epoch = models.PositiveIntegerField()
    nv = models.PositiveSmallIntegerField()  # version of the type's normal form
    # By which hashes of the value's earlier normal forms find it; null: there are none.
    former = ArrayField(models.BinaryField(), null=True)
    digest_sealed = models.BinaryField()  # d, sealed under the vault key
    vault_epoch = models.PositiveIntegerField()
    value_sealed = models.BinaryField(null=True)  # only under an active value clause
    by_hash = models.BooleanField(default=False)  # its owner gave a hash, not the value
    note_sealed = models.BinaryField(null=True)  # as the value: it may spell it out

    scam_type = models.CharField(max_length=20, choices=_choices(v.ScamType))
    role = models.CharField(max_length=20, choices=_choices(v.Role))
    status = models.CharField(max_length=20, choices=_choices(v.Status))
    review_status = models.CharField(max_length=20, choices=_choices(v.ReviewStatus))
    confidence = models.PositiveSmallIntegerField()  # 0..100
    severity = models.CharField(max_length=10, choices=_choices(v.Severity))
    tlp = models.CharField(max_length=12, choices=_choices(v.Tlp))
    labels = ArrayField(models.CharField(max_length=24), default=list)
    shared_infrastructure = ArrayField(models.CharField(max_length=120), default=list)
    first_seen = models.DateTimeField(null=True)
    last_seen = models.DateTimeField(null=True)
    valid_until = models.DateTimeField()

    # Which agreements or collections it may enter; null = all that name its owner.
    audience = ArrayField(models.UUIDField(), null=True)
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=_choices(v.State))
    batch = models.ForeignKey(ClaimBatch, models.PROTECT)  # the last one it changed in

    # Where the newest word about it stands: an older line never overwrites a newer.
    source_submission = models.BigIntegerField()
    source_line = models.IntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "type", "index"], name="one_claim_per_observable"
            ),
            models.CheckConstraint(
                condition=Q(confidence__lte=100), name="confidence_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=~Q(type__in=[str(kind) for kind in sorted(v.HASH_ONLY)])
                | Q(value_sealed=None, note_sealed=None),
                name="hash_only_types_keep_no_text",
            ),
            models.CheckConstraint(
                condition=Q(by_hash=False) | Q(value_sealed=None),
                name="claims_by_hash_keep_no_value",
            ),
        ]
        indexes = [
            models.Index(fields=["index"], name="indicator_index"),
            GinIndex(
                fields=["former"],
                name="indicator_former",
                condition=Q(former__isnull=False),
            ),
            models.Index(fields=["owner", "id"], name="indicator_own_list"),
            models.Index(
                fields=["valid_until"],
                name="indicator_due",
                condition=Q(state=v.State.ACTIVE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
