"""SavedView: the address of a list as somebody wants to see it again."""

from django.db import models

from orgs.accounts.models import Organization, User


class SavedView(models.Model):
    """A name for a query string; of one person, in one organization (staff: in none)."""

    user = models.ForeignKey(User, models.CASCADE)
    organization = models.ForeignKey(Organization, models.CASCADE, null=True)
    place = models.CharField(max_length=40)  # name of the list's URL
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)  # as in the address, without the "?"
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization", "place", "name"],
                name="saved_views_are_named",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.name}"
