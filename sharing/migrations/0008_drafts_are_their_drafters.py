"""A Version knows who drafted it, and is seen by others once it was proposed.

An invitation to join that was not signed can be taken back.
"""

import django.db.models.deletion
from django.db import migrations, models

SHOWN = """
UPDATE sharing_version v SET proposed_at = v.created_at
 WHERE v.state IN ('proposed', 'active') OR v.activated_at IS NOT NULL
    OR EXISTS (SELECT FROM sharing_signature s WHERE s.version_id = v.id);
"""
KEEP_PARTY = """
CREATE OR REPLACE FUNCTION sharing_keep_party() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND (NEW.id, NEW.version_id, NEW.organization_id, NEW.hidden, NEW.acceding)
         IS NOT DISTINCT FROM
         (OLD.id, OLD.version_id, OLD.organization_id, OLD.hidden, OLD.acceding)
     AND (OLD.left_at IS NULL OR NEW.left_at = OLD.left_at)
     OR TG_OP = 'INSERT' AND NEW.acceding AND EXISTS (
        SELECT FROM sharing_version WHERE id = NEW.version_id
           AND state = 'active' AND text @> '{"open_to_accession": true}')
     %s THEN
    RETURN coalesce(NEW, OLD);
  END IF;
  IF TG_OP <> 'INSERT' AND sharing_signed(OLD.version_id)
     OR TG_OP <> 'DELETE' AND sharing_signed(NEW.version_id) THEN
    PERFORM sharing_refuse('the parties to a signed text stay as they are');
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
"""
WITHDRAWN = """OR TG_OP = 'DELETE' AND OLD.acceding AND NOT EXISTS (
        SELECT FROM sharing_signature WHERE version_id = OLD.version_id
           AND organization_id = OLD.organization_id)"""


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0004_organizations_are_listed"),
        ("sharing", "0007_row_level_security"),
    ]
    operations = [
        migrations.AddField(
            model_name="version",
            name="drafted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orgs.organization",
            ),
        ),
        migrations.AddField(
            model_name="version",
            name="proposed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(SHOWN, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP_PARTY % WITHDRAWN, KEEP_PARTY % ""),
    ]
