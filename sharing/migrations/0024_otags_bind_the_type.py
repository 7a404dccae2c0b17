"""Every generation says what its otags are made of; those that are there, of digests alone.

Their rows stay right as they are: what follows them binds the type (docs/otags.md).
A constant default, so nothing rewrites a table.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0023_versions_are_numbered_when_proposed")]
    operations = [
        migrations.AddField(
            "generationroot",
            "otag_scheme",
            models.PositiveSmallIntegerField(db_default=1),
        ),
    ]
