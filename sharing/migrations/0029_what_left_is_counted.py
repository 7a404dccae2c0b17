"""What left is counted day by day, and contributors see how far their recipients are.

A plan for large tables: one pass over the releases fills the counts of what is there, as
far as it still tells (its latest state), about 3 s a million; releasing waits meanwhile.
"""

import django.db.models.deletion
from django.db import migrations, models

BOTH = "accord_app, accord_worker"
ORG = "(SELECT nullif(current_setting('app.current_org', true), '')::uuid)"
GRANTED = "generation_id = ANY ((SELECT sharing_readable_generations())::bigint[])"
OF_COLLECTION = """generation_id IN (SELECT g.id FROM sharing_generation g
    WHERE g.collection_id =
          (SELECT nullif(current_setting('app.current_collection', true), '')::uuid))"""
# An owner who is no superuser would see no rows here.
FILLED = """
ALTER TABLE sharing_release NO FORCE ROW LEVEL SECURITY;
ALTER TABLE sharing_indicator NO FORCE ROW LEVEL SECURITY;
ALTER TABLE sharing_receipt NO FORCE ROW LEVEL SECURITY;
INSERT INTO sharing_departure
       (day, generation_id, version_id, owner_id, type, scam_type, event, n, first_seq,
        last_seq)
SELECT (r.date_added AT TIME ZONE 'UTC')::date, r.generation_id, r.version_id, r.owner_id,
       i.type, i.scam_type,
       CASE WHEN r.state = 'tombstone' THEN 'recalled'
            WHEN r.seq <> r.first_seq THEN 'revised'
            WHEN r.id <> r.public_id THEN 'renewed' ELSE 'released' END,
       count(*), min(r.seq), max(r.seq)
  FROM sharing_release r JOIN sharing_indicator i ON i.id = r.indicator
 GROUP BY 1, 2, 3, 4, 5, 6, 7;
INSERT INTO sharing_fetch (generation_id, recipient_id, until_seq, at, counted)
SELECT g.id, r.recipient_id, r.delivered_seq, coalesce(r.delivered_at, now()), true
  FROM sharing_receipt r
  JOIN sharing_generation g
    ON g.collection_id = r.collection_id AND g.number = r.generation
 WHERE r.delivered_seq > 0;
UPDATE sharing_receipt SET fetched_at = delivered_at;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE sharing_release FORCE ROW LEVEL SECURITY;
ALTER TABLE sharing_indicator FORCE ROW LEVEL SECURITY;
ALTER TABLE sharing_receipt FORCE ROW LEVEL SECURITY;
"""
WALLS = f"""
ALTER TABLE sharing_departure ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sharing_sharetime ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sharing_fetch ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sharing_departure FOR ALL TO {BOTH} USING (owner_id = {ORG});
CREATE POLICY granted ON sharing_departure FOR SELECT TO accord_app USING ({GRANTED});
CREATE POLICY of_collection ON sharing_departure FOR ALL TO accord_worker
 USING ({OF_COLLECTION});
CREATE POLICY own ON sharing_sharetime FOR ALL TO {BOTH} USING (owner_id = {ORG});
CREATE POLICY of_collection ON sharing_sharetime FOR ALL TO accord_worker
 USING ({OF_COLLECTION});
CREATE POLICY own ON sharing_fetch FOR ALL TO accord_app USING (recipient_id = {ORG});
CREATE POLICY of_collection ON sharing_fetch FOR ALL TO accord_worker
 USING ({OF_COLLECTION});
REVOKE ALL ON sharing_departure, sharing_sharetime, sharing_fetch FROM {BOTH};
GRANT SELECT ON sharing_departure, sharing_sharetime TO accord_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sharing_departure, sharing_sharetime
   TO accord_worker;
GRANT SELECT, INSERT ON sharing_fetch TO accord_app;
GRANT SELECT, UPDATE, DELETE ON sharing_fetch TO accord_worker;
GRANT USAGE ON SEQUENCE sharing_fetch_id_seq TO accord_app;
GRANT USAGE ON SEQUENCE sharing_departure_id_seq, sharing_sharetime_id_seq
   TO accord_worker;
"""
# How far recipients are is for those whose claims they get: not of hidden parties.
CONTRIBUTED = f"""
CREATE FUNCTION sharing_contributed_collections() RETURNS uuid[] STABLE LANGUAGE sql
RETURN ARRAY(
  SELECT c.id
    FROM sharing_collectiongroupobjectpermission p
    JOIN auth_permission a ON a.id = p.permission_id
     AND a.codename = 'contribute_collection'
    JOIN orgs_rolegroup g ON g.group_id = p.group_id
    JOIN orgs_organization o ON o.id = g.organization_id AND o.is_active
    JOIN sharing_collection c ON c.id = p.content_object_id AND c.state = 'open'
    JOIN sharing_agreement m ON m.id = c.agreement_id AND m.state = 'active'
   WHERE g.organization_id = nullif(current_setting('app.current_org', true), '')::uuid);
CREATE POLICY contributed ON sharing_receipt FOR SELECT TO accord_app
 USING (collection_id = ANY ((SELECT sharing_contributed_collections())::uuid[])
        AND NOT EXISTS (SELECT FROM sharing_party h
                          JOIN sharing_version v ON v.id = h.version_id
                          JOIN sharing_collection c ON c.agreement_id = v.agreement_id
                         WHERE c.id = collection_id AND h.hidden
                           AND h.organization_id = recipient_id));
"""
NOT_CONTRIBUTED = """
DROP POLICY contributed ON sharing_receipt;
DROP FUNCTION sharing_contributed_collections();
"""
NO_WALLS = "\n".join(
    [
        *(
            f"DROP POLICY {name} ON sharing_{table};"
            for name, table in (
                *(("own", "departure"), ("granted", "departure")),
                *(("of_collection", "departure"), ("own", "sharetime")),
                *(("of_collection", "sharetime"), ("own", "fetch")),
                ("of_collection", "fetch"),
            )
        )
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0006_alarms_of_the_audit_are_found"),
        ("sharing", "0028_tombstones_are_found_by_token"),
    ]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="credential",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="orgs.credential",
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="fetched_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Fetch",
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
                ("until_seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("counted", models.BooleanField(default=False)),
                (
                    "generation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="sharing.generation",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "fetches",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Departure",
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
                ("type", models.CharField(max_length=20)),
                ("scam_type", models.CharField(max_length=20)),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("released", "Released"),
                            ("revised", "Revised"),
                            ("recalled", "Recalled"),
                            ("renewed", "Renewed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("n", models.BigIntegerField()),
                ("first_seq", models.BigIntegerField()),
                ("last_seq", models.BigIntegerField()),
                (
                    "generation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="sharing.generation",
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
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="sharing.version",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["owner", "day"], name="departures_of_owner")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "generation",
                            "day",
                            "owner",
                            "version",
                            "type",
                            "scam_type",
                            "event",
                        ),
                        name="departures_are_counted_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareTime",
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
                (
                    "stage",
                    models.CharField(
                        choices=[("released", "Released"), ("fetched", "Fetched")],
                        max_length=10,
                    ),
                ),
                ("bucket", models.PositiveSmallIntegerField()),
                ("n", models.BigIntegerField()),
                (
                    "generation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="sharing.generation",
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "day", "generation", "stage", "bucket"),
                        name="share_times_are_counted_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop),
        migrations.RunSQL(WALLS, NO_WALLS),
        migrations.RunSQL(CONTRIBUTED, NOT_CONTRIBUTED),
    ]
