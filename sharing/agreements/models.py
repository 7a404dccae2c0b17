"""Agreements and what their active Version makes: collections, generations, grants."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase

from orgs.models import Organization, User
from sharing.agreements import schema


class Agreement(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        ACTIVE = "active"
        SUSPENDED = "suspended"
        EXPIRED = "expired"
        TERMINATED = "terminated"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    state_reason = models.CharField(max_length=200, default="", blank=True)
    state_since = models.DateTimeField(null=True, blank=True)  # suspended, or over
    suspended_by = models.ForeignKey(  # null: hub staff
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    active_version = models.ForeignKey(
        "Version", models.PROTECT, null=True, blank=True, related_name="+"
    )
    next_version = models.ForeignKey(  # announced: in force from its effective_from on
        "Version", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_agreement", "Can view agreement"),
            ("sign_agreement", "Can sign agreement"),
            ("suspend_agreement", "Can suspend agreement"),
        ]

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """One text of an agreement; frozen at its first signature."""

    class State(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        ACTIVE = "active"
        SUPERSEDED = "superseded"
        ENDED = "ended"  # with its agreement

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    text = models.JSONField()  # the whole text: title, parties, clauses
    text_sha256 = models.CharField(max_length=64)  # of its canonical JSON
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    drafted_by = models.ForeignKey(  # null: hub staff
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(
        null=True, blank=True
    )  # null: others do not see it
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="versions_are_numbered",
                condition=Q(proposed_at__isnull=False),  # before, nobody else sees it
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement.title}, version {self.number}"


class LegalDocument(models.Model):
    """What counsel attached to a Version: sealed; its hash stands in the text."""

    version = models.OneToOneField(Version, models.CASCADE, primary_key=True)
    sealed = models.BinaryField()
    attached_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"document of version {self.version_id}"


class Party(models.Model):
    version = models.ForeignKey(Version, models.CASCADE, related_name="parties")
    organization = models.ForeignKey(Organization, models.PROTECT)
    hidden = models.BooleanField(default=False)
    acceding = models.BooleanField(default=False)  # invited into a Version in force
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "parties"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["version", "organization"], name="a_party_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization} in {self.version}"


class Signature(models.Model):
    version = models.ForeignKey(Version, models.PROTECT, related_name="signatures")
    organization = models.ForeignKey(Organization, models.PROTECT)
    user = models.ForeignKey(User, models.PROTECT)
    text_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    second_factor = models.BooleanField(default=False)  # no: on the command line

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["version", "organization"], name="a_party_signs_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization} signed {self.version}"


class Collection(models.Model):
    """The stream that a clause feeds; keeps its identity across Versions."""

    class State(models.TextChoices):
        OPEN = "open"
        SUSPENDED = "suspended"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, models.PROTECT)
    title = models.CharField(max_length=200)
    disclosure = models.CharField(max_length=8)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_collection", "Can read collection"),
            ("contribute_collection", "Can contribute to collection"),
            ("keys_collection", "Can fetch token keys of collection"),
        ]

    def __str__(self) -> str:
        return self.title


class Clause(models.Model):
    """One promise inside a Version: from whom, to whom, what, how far redacted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, models.CASCADE, related_name="clauses")
    collection = models.ForeignKey(
        Collection, models.PROTECT, null=True, related_name="clauses"
    )
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    terms = models.JSONField()
    known = models.JSONField(default=dict)  # what `all` meant when it was first signed

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["version", "collection"], name="one_clause_per_collection"
            ),
            models.UniqueConstraint(
                fields=["version", "position"], name="clauses_are_ordered"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def meant(self) -> dict[str, Any]:
        """The terms as they were signed: `all` never covers what the hub learnt later."""
        return schema.meant(self.terms, self.known)


class Generation(models.Model):
    """One run of a collection's stream, with a token key and a gapless seq of its own."""

    class State(models.TextChoices):
        BUILDING = "building"
        LIVE = "live"
        CLOSED = "closed"
        WITHDRAWN = "withdrawn"  # built for what never took effect

    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="generations"
    )
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State)
    effective_from = models.DateTimeField()
    version = models.ForeignKey(Version, models.PROTECT)  # under which it began
    rotation = models.BooleanField(default=False)  # planned: the same terms, new keys
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "number"], name="generations_are_numbered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.collection} generation {self.number}"


class StreamHead(models.Model):
    """Where a generation's stream stands; its row lock orders all who write to it."""

    generation = models.OneToOneField(Generation, models.CASCADE, primary_key=True)
    next_seq = models.BigIntegerField(default=1)
    last_date_added = models.DateTimeField(null=True)
    horizon_seq = models.BigIntegerField(default=0)  # tombstones up to here are swept
    # Seqs that may have been served after the backup that the hub was restored from.
    lost_from = models.BigIntegerField(null=True)
    lost_until = models.BigIntegerField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"head of {self.generation_id} at {self.next_seq}"


class Grant(models.Model):
    """May this organization read this collection, from and until when.

    When it ends it becomes a Notice to its recipient: how far it went, why it ended,
    and what to purge by when.
    """

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="grants")
    recipient = models.ForeignKey(Organization, models.PROTECT)
    clause = models.ForeignKey(Clause, models.PROTECT)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    notice = models.UUIDField(null=True, unique=True, editable=False)  # its id
    until_generation = models.PositiveIntegerField(null=True)  # its number
    until_seq = models.BigIntegerField(null=True)  # nothing later was for the recipient
    purge_by = models.DateTimeField(null=True)
    acked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "recipient"], name="one_grant_per_recipient"
            )
        ]
        indexes = [
            models.Index(
                fields=["recipient"],
                name="grant_open",
                condition=Q(valid_until__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient} reads {self.collection}"


class AgreementGroupObjectPermission(GroupObjectPermissionBase):
    """guardian's direct-FK rows: no generic keys, gone with the agreement."""

    content_object = models.ForeignKey(Agreement, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()


class CollectionGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Collection, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()
