"""A hub that was restored from a backup knows which seqs its readers may have had since.

Written by `restore` alone; null in a hub that never was.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0024_otags_bind_the_type")]

    operations = [
        migrations.AddField(
            model_name="streamhead",
            name="lost_from",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="streamhead",
            name="lost_until",
            field=models.BigIntegerField(null=True),
        ),
    ]
