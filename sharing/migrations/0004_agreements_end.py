"""Agreements are suspended, left, joined and ended; an ended Grant is a Notice."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT

NAME_OLD_ENDS = """
UPDATE sharing_grant SET notice = gen_random_uuid() WHERE valid_until IS NOT NULL
"""
VERSION_STATES = ("draft", "proposed", "active", "superseded", "ended")


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0001_initial"),
        ("sharing", "0003_release_batches_are_append_only"),
    ]

    operations = [
        migrations.AddField(
            "agreement",
            "state_reason",
            models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            "agreement", "state_since", models.DateTimeField(null=True, blank=True)
        ),
        migrations.AddField(
            "agreement",
            "suspended_by",
            models.ForeignKey(
                "orgs.organization", PROTECT, blank=True, null=True, related_name="+"
            ),
        ),
        migrations.AddField(
            "controlrecord", "occurred_at", models.DateTimeField(null=True)
        ),
        migrations.AddField(
            "grant", "notice", models.UUIDField(editable=False, null=True, unique=True)
        ),
        migrations.AddField(
            "grant", "until_generation", models.PositiveIntegerField(null=True)
        ),
        migrations.AddField("grant", "until_seq", models.BigIntegerField(null=True)),
        migrations.AddField("party", "acceding", models.BooleanField(default=False)),
        migrations.AddField(
            "party", "left_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AlterField(
            "version",
            "state",
            models.CharField(
                choices=[(word, word.title()) for word in VERSION_STATES],
                default="draft",
                max_length=12,
            ),
        ),
        migrations.RunSQL(NAME_OLD_ENDS, migrations.RunSQL.noop),
    ]
