"""The number of a draft is not final: it would tell of drafts that one cannot see."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0022_sealed_again_under_new_keys")]
    operations = [
        migrations.RemoveConstraint("version", "versions_are_numbered"),
        migrations.AddConstraint(
            "version",
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="versions_are_numbered",
                condition=models.Q(proposed_at__isnull=False),
            ),
        ),
    ]
