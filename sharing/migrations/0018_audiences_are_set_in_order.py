"""A submission tells whether audiences are named in it: then order decides."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0017_signatures_cover_what_was_known")]
    operations = [
        migrations.AddField(
            "submission", "names_audiences", models.BooleanField(default=False)
        ),
    ]
