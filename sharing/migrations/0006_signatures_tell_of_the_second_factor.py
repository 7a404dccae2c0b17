"""A signature says whether its signatory gave a code of a second factor."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0005_the_life_cycle_is_enforced")]
    operations = [
        migrations.AddField(
            "signature", "second_factor", models.BooleanField(default=False)
        )
    ]
