"""Roots of token keys, one per generation of a collection, wrapped by the provider."""

from django.db import models


class GenerationRoot(models.Model):
    """The random root of one generation; destroying it makes its tokens unmakeable."""

    collection = models.UUIDField()  # agreements live above this room: no foreign key
    number = models.PositiveIntegerField()
    wrapped = models.BinaryField(null=True)  # null once destroyed
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
        return f"root of {self.collection} generation {self.number}"
