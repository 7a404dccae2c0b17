"""Audit events cannot be changed or deleted, not even by a bulk statement."""

from django.db import migrations

FORBID = """
CREATE FUNCTION orgs_forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON orgs_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION orgs_forbid_change();
"""
ALLOW = """
DROP TRIGGER append_only ON orgs_auditevent;
DROP FUNCTION orgs_forbid_change();
"""


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_initial")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
