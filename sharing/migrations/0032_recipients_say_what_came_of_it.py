"""Sightings and verdicts on releases, each behind a wall of its own.

Whoever gave one sees its own; the owner of the claim sees those about it; who reads the
collection now sees what was promised to be shared. Only what one may read can be spoken
about, under the ids that it really has.
"""

import django.db.models.deletion
from django.db import migrations, models

ORG = "(SELECT nullif(current_setting('app.current_org', true), '')::uuid)"
READABLE = """collection_id IN (SELECT g.collection_id FROM sharing_generation g
        WHERE g.id = ANY ((SELECT sharing_readable_generations())::bigint[]))"""


def walls(table):
    """That of the release itself decides what the check finds."""
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY given ON {table} FOR ALL TO accord_app USING (giver_id = {ORG})
  WITH CHECK (giver_id = {ORG} AND owner_id <> giver_id AND EXISTS (
    SELECT FROM sharing_release r JOIN sharing_generation g ON g.id = r.generation_id
     WHERE r.public_id = {table}.release AND r.owner_id = {table}.owner_id
       AND r.indicator = {table}.indicator
       AND g.collection_id = {table}.collection_id));
CREATE POLICY about_own ON {table} FOR SELECT TO accord_app USING (owner_id = {ORG});
CREATE POLICY shared ON {table} FOR SELECT TO accord_app USING (shared AND {READABLE});
CREATE POLICY kept ON {table} FOR ALL TO accord_worker USING (owner_id = {ORG});
REVOKE ALL ON {table} FROM accord_app, accord_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO accord_app;
GRANT SELECT, DELETE ON {table} TO accord_worker;
GRANT USAGE ON SEQUENCE {table}_id_seq TO accord_app;
"""


TABLES = ("sharing_verdict", "sharing_sighting")
WALLS = "".join(map(walls, TABLES)) + (
    "GRANT UPDATE (note_sealed) ON sharing_verdict TO accord_worker;"
)
NO_WALLS = "".join(
    f"""
DROP POLICY given ON {table};
DROP POLICY about_own ON {table};
DROP POLICY shared ON {table};
DROP POLICY kept ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
"""
    for table in TABLES
)


def to(model):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=model,
    )


def said():
    key = models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )
    return [
        ("id", key),
        ("release", models.UUIDField()),
        ("indicator", models.UUIDField()),
        ("shared", models.BooleanField()),
        ("unnamed", models.BooleanField()),
        ("given_at", models.DateTimeField()),
        ("kind", models.CharField(max_length=24)),
        ("collection", to("sharing.collection")),
        ("giver", to("orgs.organization")),
        ("owner", to("orgs.organization")),
    ]


def indexed(name):
    return [
        models.Index(fields=["indicator"], name=f"{name}_of_claim"),
        models.Index(fields=["owner", "id"], name=f"{name}_of_owner"),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0006_alarms_of_the_audit_are_found"),
        ("sharing", "0031_members_watch_for_their_own"),
    ]
    operations = [
        migrations.CreateModel(
            name="Verdict",
            fields=[
                *said(),
                ("revision", models.PositiveIntegerField()),
                ("scam_type", models.CharField(max_length=20, null=True)),
                ("role", models.CharField(max_length=20, null=True)),
                ("status", models.CharField(max_length=20, null=True)),
                ("last_seen", models.DateTimeField(null=True)),
                ("note_sealed", models.BinaryField(null=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "giver"), name="one_verdict_per_giver"
                    )
                ],
                "indexes": indexed("verdict"),
            },
        ),
        migrations.CreateModel(
            name="Sighting",
            fields=[
                *said(),
                ("count", models.BigIntegerField()),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "giver", "kind"),
                        name="one_sighting_per_kind",
                    )
                ],
                "indexes": indexed("sighting"),
            },
        ),
        migrations.RunSQL(WALLS, NO_WALLS),
    ]
