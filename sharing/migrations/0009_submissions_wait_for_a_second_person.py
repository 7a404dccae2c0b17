"""The poisoning guard: what was brought by day, and which submissions wait.

Held batches have no wall: hub staff must see that something waits, and it is ids and
counts, never a line. What they decide about is walled, and stays so.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ORG = "(SELECT nullif(current_setting('app.current_org', true), '')::uuid)"
WALLS = f"""
ALTER TABLE sharing_daycount ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sharing_daycount FOR ALL TO accord_app, accord_worker
 USING (owner_id = {ORG});
REVOKE ALL ON sharing_daycount, sharing_heldbatch FROM accord_app, accord_worker;
GRANT SELECT, INSERT, UPDATE ON sharing_daycount, sharing_heldbatch TO accord_app;
GRANT SELECT ON sharing_daycount TO accord_worker;
GRANT SELECT, UPDATE ON sharing_heldbatch TO accord_worker;
-- Only so that it may lock a chunk: nothing is ever changed in one.
GRANT UPDATE (overruled) ON sharing_chunk TO accord_worker;
"""
NO_WALLS = """
REVOKE UPDATE (overruled) ON sharing_chunk FROM accord_worker;
DROP POLICY own ON sharing_daycount;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0005_staff_vouch_for_members"),
        ("sharing", "0008_drafts_are_their_drafters"),
    ]
    operations = [
        migrations.AddField(
            model_name="submission",
            name="refusal",
            field=models.CharField(blank=True, default="", max_length=400),
        ),
        migrations.AlterField(
            model_name="submission",
            name="state",
            field=models.CharField(
                choices=[
                    ("accepting", "Accepting"),
                    ("held", "Held"),
                    ("refused", "Refused"),
                    ("done", "Done"),
                ],
                default="accepting",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="DayCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("day", models.DateField()),
                ("passed", models.PositiveBigIntegerField(default=0)),
                ("approved", models.PositiveBigIntegerField(default=0)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "day"), name="one_count_per_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldBatch",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("cause", models.CharField(max_length=10)),
                ("reason", models.CharField(max_length=300)),
                ("lines", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("held_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "maker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orgs.organization",
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held",
                        to="sharing.submission",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "held batches",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["held_at"],
                        name="held_waiting",
                    )
                ],
            },
        ),
        migrations.RunSQL(WALLS, NO_WALLS),
    ]
