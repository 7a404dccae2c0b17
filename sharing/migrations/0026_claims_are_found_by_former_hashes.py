"""A claim remembers the indexes of its value's earlier normal forms: hashes of them find it.

No claim has any yet, so the column is empty and its index holds nothing.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0025_restored_hubs_know_what_they_forgot")]
    operations = [
        migrations.AddField(
            "indicator", "former", ArrayField(models.BinaryField(), null=True)
        ),
        migrations.AddIndex(
            "indicator",
            GinIndex(
                fields=["former"],
                name="indicator_former",
                condition=models.Q(former__isnull=False),
            ),
        ),
    ]
