"""Snapshots of filters, signing keys that were pinned, and an index that suffices for them.

A plan for large tables: the new index takes the place of another and is built in one
pass over the live releases, about 3 s a million; releasing waits meanwhile. From it a
filter is read without touching the table.
"""

import django.db.models.deletion
from django.db import migrations, models

OF_COLLECTION = """generation_id IN (SELECT g.id FROM sharing_generation g
    WHERE g.collection_id =
          (SELECT nullif(current_setting('app.current_collection', true), '')::uuid))"""
# Readers make snapshots for each other: of what they may read now, and of nothing else.
GRANTED = f"""
ALTER TABLE sharing_filtersnapshot ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY granted ON sharing_filtersnapshot FOR ALL TO accord_app
 USING (generation_id = ANY ((SELECT sharing_readable_generations())::bigint[]));
CREATE POLICY of_collection ON sharing_filtersnapshot FOR ALL TO accord_worker
 USING ({OF_COLLECTION});
REVOKE ALL ON sharing_filtersnapshot FROM accord_app, accord_worker;
GRANT SELECT, INSERT, UPDATE ON sharing_filtersnapshot TO accord_app;
GRANT SELECT, DELETE ON sharing_filtersnapshot TO accord_worker;
GRANT USAGE ON SEQUENCE sharing_filtersnapshot_id_seq TO accord_app;
REVOKE UPDATE, DELETE ON sharing_pinnedsigningkey FROM accord_app, accord_worker;
"""
SHARED = """
DROP POLICY granted ON sharing_filtersnapshot;
DROP POLICY of_collection ON sharing_filtersnapshot;
ALTER TABLE sharing_filtersnapshot NO FORCE ROW LEVEL SECURITY,
      DISABLE ROW LEVEL SECURITY;
"""
ID = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)


class Migration(migrations.Migration):
    dependencies = [("sharing", "0019_closed_generations_are_emptied_by_index")]
    operations = [
        migrations.CreateModel(
            name="FilterSnapshot",
            fields=[
                ("id", ID),
                ("number", models.BigIntegerField()),
                ("contributors", models.BinaryField()),
                ("next_seq", models.BigIntegerField()),
                ("taken_at", models.DateTimeField()),
                ("good_until", models.DateTimeField(null=True)),
                ("count", models.BigIntegerField()),
                ("checksum", models.BinaryField()),
                ("prefixes", models.BinaryField()),
                ("coded", models.BinaryField(null=True)),
                (
                    "generation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="sharing.generation",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="sharing.version",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("generation", "number"), name="filters_are_numbered"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PinnedSigningKey",
            fields=[
                ("id", ID.clone()),
                ("epoch", models.PositiveIntegerField()),
                ("public", models.CharField(max_length=64, unique=True)),
                ("pinned_at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddIndex(
            "release",
            models.Index(
                condition=models.Q(("state", "live")),
                fields=["generation", "token"],
                include=("owner", "expires_at", "retain_until"),
                name="release_live_tokens",
            ),
        ),
        migrations.RemoveIndex("release", "release_by_token"),
        migrations.RunSQL(GRANTED, SHARED),
    ]
