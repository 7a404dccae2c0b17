"""How often was asked: for quotas, and for the alarm on long runs without a hit."""

from django.db import models

from orgs.models import Organization
from sharing.agreements.models import Collection


class LookupCount(models.Model):
    """One organization's look-ups of one type in one collection on one day (UTC)."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    collection = models.ForeignKey(Collection, models.CASCADE)
    kind = models.CharField(max_length=20)  # a type of indicator, or "token"
    day = models.DateField()
    asked = models.BigIntegerField()
    hits = models.BigIntegerField()
    dry = models.BigIntegerField()  # asked since the last hit

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "collection", "kind", "day"],
                name="one_count_of_lookups_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked} look-ups of {self.kind} on {self.day}"
