"""Roots of token and OPRF keys, two per generation, wrapped; signing keys that are pinned."""

from django.db import models


class GenerationRoot(models.Model):
    """The random roots of one generation: once destroyed, its tokens and otags are unmakeable."""

    collection = models.UUIDField()  # agreements live above this room: no foreign key
    number = models.PositiveIntegerField()
    wrapped = models.BinaryField(null=True)  # of token keys; null once destroyed
    wrapped_oprf = models.BinaryField(null=True)  # null too until an older one is used
    oprf_pinned = models.BigIntegerField(
        null=True
    )  # the audit event with its public key
    # Told by the AAD of `wrapped_oprf` too: changed here alone, the root does not open.
    otag_scheme = models.PositiveSmallIntegerField(db_default=1)
    wrap_epoch = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "number"], name="one_root_per_generation"
            )
        ]

    def __str__(self) -> str:
        return f"roots of {self.collection} generation {self.number}"


class PinnedSigningKey(models.Model):
    """A public signing key that the audit log names: pinned once, by whoever is first."""

    epoch = models.PositiveIntegerField()
    public = models.CharField(max_length=64, unique=True)  # hexadecimal
    pinned_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"signing key {self.epoch}"
