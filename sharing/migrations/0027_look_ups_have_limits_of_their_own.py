"""Hub staff set a limit of look-ups for one organization; it sees its own alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OWN = """
ALTER TABLE sharing_lookuplimit ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sharing_lookuplimit FOR ALL TO accord_app
 USING (organization_id =
        (SELECT nullif(current_setting('app.current_org', true), '')::uuid));
REVOKE ALL ON sharing_lookuplimit FROM accord_app, accord_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON sharing_lookuplimit TO accord_app;
GRANT USAGE ON SEQUENCE sharing_lookuplimit_id_seq TO accord_app;
"""
SHARED = """
DROP POLICY own ON sharing_lookuplimit;
ALTER TABLE sharing_lookuplimit NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
"""


def to(model, **more):
    return models.ForeignKey(to=model, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0007_backups_are_known"),
        ("sharing", "0026_claims_are_found_by_former_hashes"),
    ]
    operations = [
        migrations.CreateModel(
            name="LookupLimit",
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
                ("most", models.BigIntegerField()),
                ("reason", models.CharField(max_length=200)),
                ("set_at", models.DateTimeField()),
                (
                    "collection",
                    to(
                        "sharing.collection",
                        on_delete=django.db.models.deletion.CASCADE,
                    ),
                ),
                (
                    "organization",
                    to(
                        "orgs.organization",
                        on_delete=django.db.models.deletion.CASCADE,
                    ),
                ),
                (
                    "set_by",
                    to(
                        settings.AUTH_USER_MODEL,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "collection", "kind"),
                        name="one_limit_of_lookups",
                    )
                ],
            },
        ),
        migrations.RunSQL(OWN, SHARED),
    ]
