"""Every generation has a second root, for oblivious look-ups.

Those that are there get it when it is first used: migrations run without the hub's keys,
and a root can only be stored wrapped under them. Nothing rewrites a table.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0014_promises_of_retention_are_kept")]
    operations = [
        migrations.AddField(
            "generationroot", "wrapped_oprf", models.BinaryField(null=True)
        ),
        migrations.AddField(
            "generationroot", "oprf_pinned", models.BigIntegerField(null=True)
        ),
    ]
