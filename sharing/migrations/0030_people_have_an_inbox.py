"""What people do with the entries of their organization's inbox; seen by itself alone.

A plan for large tables: the index over submissions holds those that people sent
themselves, and is built in one pass over all, well under a second a million.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OWN = """
ALTER TABLE sharing_handling ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sharing_handling FOR ALL TO accord_app, accord_worker
 USING (organization_id =
        (SELECT nullif(current_setting('app.current_org', true), '')::uuid));
REVOKE ALL ON sharing_handling FROM accord_app, accord_worker;
GRANT SELECT, INSERT, UPDATE ON sharing_handling TO accord_app;
GRANT SELECT, DELETE ON sharing_handling TO accord_worker;
GRANT USAGE ON SEQUENCE sharing_handling_id_seq TO accord_app;
"""
SHARED = """
DROP POLICY own ON sharing_handling;
ALTER TABLE sharing_handling NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
"""


def person() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0006_alarms_of_the_audit_are_found"),
        ("sharing", "0029_what_left_is_counted"),
    ]
    operations = [
        migrations.CreateModel(
            name="Handling",
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
                ("kind", models.CharField(max_length=12)),
                ("subject", models.UUIDField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, default="", max_length=12)),
                ("upto", models.DateTimeField(null=True)),
                ("snoozed_until", models.DateTimeField(null=True)),
                ("touched_at", models.DateTimeField()),
                ("claimed_by", person()),
                ("decided_by", person()),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["organization", "touched_at"], name="handling_touched"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "kind", "subject"),
                        name="one_handling_each",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            "submission",
            models.Index(
                condition=models.Q(("done_at__isnull", False), ("user__isnull", False)),
                fields=["user", "-done_at"],
                name="submission_settled",
            ),
        ),
        migrations.RunSQL(OWN, SHARED),
    ]
