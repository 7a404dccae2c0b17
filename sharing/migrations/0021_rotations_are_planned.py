"""A generation can be planned by hub staff, for new keys on the same terms."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0020_filters_are_kept")]
    operations = [
        migrations.AddField(
            "generation", "rotation", models.BooleanField(default=False)
        ),
    ]
