"""What a first release promised to retain outlives its rows, while the claim is valid."""

import django.db.models.deletion
from django.db import migrations, models

ORG = "(SELECT nullif(current_setting('app.current_org', true), '')::uuid)"
COLLECTION = (
    "(SELECT nullif(current_setting('app.current_collection', true), '')::uuid)"
)
WALL = f"""
REVOKE ALL ON sharing_retained FROM accord_app, accord_worker;
GRANT SELECT ON sharing_retained TO accord_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sharing_retained TO accord_worker;
GRANT USAGE ON SEQUENCE sharing_retained_id_seq TO accord_worker;
ALTER TABLE sharing_retained ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sharing_retained FOR ALL TO accord_app, accord_worker
 USING (owner_id = {ORG});
CREATE POLICY of_collection ON sharing_retained FOR ALL TO accord_worker
 USING (collection_id = {COLLECTION});
"""
NO_WALL = """
DROP POLICY of_collection ON sharing_retained;
DROP POLICY own ON sharing_retained;
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0013_versions_have_a_legal_document")]
    operations = [
        migrations.CreateModel(
            name="Retained",
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
                ("indicator", models.UUIDField()),
                ("retain_until", models.DateTimeField()),
                ("keep_until", models.DateTimeField()),
                (
                    "collection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="sharing.collection",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["owner", "keep_until"], name="retained_until")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("collection", "indicator"),
                        name="one_promise_per_claim",
                    )
                ],
            },
        ),
        migrations.RunSQL(WALL, NO_WALL),
    ]
