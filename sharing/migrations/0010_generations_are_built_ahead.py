"""A Version can be announced, and its generations built; ids stay over generations.

A plan for large tables: `public_id` is filled in one pass (the newest ids are those that
recipients know), and its index takes as long as any other on that table; readers wait
meanwhile. Nothing else rewrites a table.
"""

import uuid

from django.db import migrations, models
from django.db.models.deletion import PROTECT

# An owner who is no superuser would see no rows here.
KNOWN_IDS = """
ALTER TABLE sharing_release NO FORCE ROW LEVEL SECURITY;
UPDATE sharing_release SET public_id = id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE sharing_release FORCE ROW LEVEL SECURITY;
"""
OF_COLLECTION = """generation_id IN (SELECT g.id FROM sharing_generation g
    WHERE g.collection_id =
          (SELECT nullif(current_setting('app.current_collection', true), '')::uuid))"""
# Tombstones of what a new generation has not, whoever owned it: nothing else enters so.
CARRIED = f"""
CREATE POLICY carried ON sharing_release FOR INSERT TO accord_worker
  WITH CHECK (state = 'tombstone' AND payload IS NULL AND token IS NULL
              AND {OF_COLLECTION});
"""
# The generation in effect of every collection that the current organization may read now:
# an announced Version is the one in force from its second on.
READABLE = """
CREATE OR REPLACE FUNCTION sharing_readable_generations() RETURNS bigint[]
STABLE LANGUAGE sql
RETURN ARRAY(
  SELECT (SELECT g.id FROM sharing_generation g
           WHERE g.collection_id = c.id AND g.state IN ('building', 'live')
             AND g.effective_from <= statement_timestamp()
           ORDER BY g.number DESC LIMIT 1)
    FROM sharing_grant t
    JOIN orgs_organization o ON o.id = t.recipient_id AND o.is_active
    JOIN sharing_collection c ON c.id = t.collection_id AND c.state = 'open'
    JOIN sharing_clause l ON l.id = t.clause_id
    JOIN sharing_agreement a ON a.id = c.agreement_id AND a.state = 'active'
    JOIN sharing_version v ON v.id = CASE
           WHEN EXISTS (SELECT FROM sharing_version n WHERE n.id = a.next_version_id
                           AND n.effective_from <= statement_timestamp())
           THEN a.next_version_id ELSE a.active_version_id END
   WHERE t.recipient_id = nullif(current_setting('app.current_org', true), '')::uuid
     AND l.version_id = a.active_version_id
     AND EXISTS (SELECT FROM sharing_clause f
                  WHERE f.version_id = v.id AND f.collection_id = c.id)
     AND t.valid_from <= statement_timestamp()
     AND (t.valid_until IS NULL OR t.valid_until > statement_timestamp())
     AND v.effective_from <= statement_timestamp()
     AND (v.effective_until IS NULL OR v.effective_until > statement_timestamp()));
"""
BEFORE = """
CREATE OR REPLACE FUNCTION sharing_readable_generations() RETURNS bigint[]
STABLE LANGUAGE sql
RETURN ARRAY(
  SELECT (SELECT g.id FROM sharing_generation g
           WHERE g.collection_id = c.id AND g.state IN ('building', 'live')
             AND g.effective_from <= statement_timestamp()
           ORDER BY g.number DESC LIMIT 1)
    FROM sharing_grant t
    JOIN orgs_organization o ON o.id = t.recipient_id AND o.is_active
    JOIN sharing_collection c ON c.id = t.collection_id AND c.state = 'open'
    JOIN sharing_clause l ON l.id = t.clause_id
    JOIN sharing_agreement a ON a.id = c.agreement_id AND a.state = 'active'
    JOIN sharing_version v ON v.id = l.version_id AND v.id = a.active_version_id
   WHERE t.recipient_id = nullif(current_setting('app.current_org', true), '')::uuid
     AND t.valid_from <= statement_timestamp()
     AND (t.valid_until IS NULL OR t.valid_until > statement_timestamp())
     AND v.effective_from <= statement_timestamp()
     AND (v.effective_until IS NULL OR v.effective_until > statement_timestamp()));
"""
STATES = ("building", "live", "closed", "withdrawn")


class Migration(migrations.Migration):
    dependencies = [("sharing", "0009_submissions_wait_for_a_second_person")]
    operations = [
        migrations.AddField(
            "agreement",
            "next_version",
            models.ForeignKey(
                "sharing.version", PROTECT, blank=True, null=True, related_name="+"
            ),
        ),
        migrations.AlterField(
            "generation",
            "state",
            models.CharField(
                choices=[(word, word.title()) for word in STATES], max_length=10
            ),
        ),
        migrations.AddField(
            "release",
            "public_id",
            models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.RunSQL(KNOWN_IDS, migrations.RunSQL.noop),
        migrations.AlterField("release", "public_id", models.UUIDField(editable=False)),
        migrations.AddConstraint(
            "release",
            models.UniqueConstraint(
                fields=["public_id", "generation"], name="one_release_per_public_id"
            ),
        ),
        migrations.RunSQL(CARRIED, "DROP POLICY carried ON sharing_release;"),
        migrations.RunSQL(READABLE, BEFORE),
    ]
