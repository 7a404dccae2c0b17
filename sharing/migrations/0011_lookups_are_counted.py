"""Look-ups are counted, for quotas; each organization sees its own counts alone."""

import django.db.models.deletion
from django.db import migrations, models

OWN = """
ALTER TABLE sharing_lookupcount ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sharing_lookupcount FOR ALL TO accord_app, accord_worker
 USING (organization_id =
        (SELECT nullif(current_setting('app.current_org', true), '')::uuid));
REVOKE ALL ON sharing_lookupcount FROM accord_app, accord_worker;
GRANT SELECT, INSERT, UPDATE ON sharing_lookupcount TO accord_app;
GRANT SELECT, DELETE ON sharing_lookupcount TO accord_worker;
GRANT USAGE ON SEQUENCE sharing_lookupcount_id_seq TO accord_app;
"""
SHARED = """
DROP POLICY own ON sharing_lookupcount;
ALTER TABLE sharing_lookupcount NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0005_staff_vouch_for_members"),
        ("sharing", "0010_generations_are_built_ahead"),
    ]
    operations = [
        migrations.CreateModel(
            name="LookupCount",
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
                ("kind", models.CharField(max_length=20)),
                ("day", models.DateField()),
                ("asked", models.BigIntegerField()),
                ("hits", models.BigIntegerField()),
                ("dry", models.BigIntegerField()),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="sharing.collection",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "collection", "kind", "day"),
                        name="one_count_of_lookups_a_day",
                    )
                ],
            },
        ),
        migrations.RunSQL(OWN, SHARED),
    ]
