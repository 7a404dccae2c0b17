"""A signature says whether its signatory gave a code of a second factor."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0003_release_batches_are_append_only")]
    operations = [
        migrations.AddField(
            "signature", "second_factor", models.BooleanField(default=False)
        )
    ]
