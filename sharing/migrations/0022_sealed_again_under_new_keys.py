"""The worker may seal again what rests sealed: waiting lines and legal documents as well.

A document of a signed text stays what it is: the text holds its hash, which is checked at
every signature and every reading.
"""

from django.db import migrations

ORG = "(SELECT nullif(current_setting('app.current_org', true), '')::uuid)"
KEEP = """
CREATE OR REPLACE FUNCTION sharing_keep_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND {update}
     OR TG_OP = 'INSERT' AND sharing_signed(NEW.version_id)
     OR TG_OP = 'DELETE' AND sharing_signed(OLD.version_id) THEN
    PERFORM sharing_refuse('the document of a signed text stays as it is');
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
"""
RESEALED = """
        (current_user <> 'accord_worker' OR NEW.version_id <> OLD.version_id
         OR NEW.attached_at <> OLD.attached_at)"""
WALL = f"""
GRANT UPDATE (sealed) ON sharing_chunk TO accord_worker;
GRANT SELECT, UPDATE (sealed) ON sharing_legaldocument TO accord_worker;
CREATE POLICY resealed ON sharing_legaldocument FOR ALL TO accord_worker USING (
  EXISTS (SELECT FROM sharing_party p
           WHERE p.version_id = sharing_legaldocument.version_id
             AND p.organization_id = {ORG})
  OR EXISTS (SELECT FROM sharing_version v
              WHERE v.id = sharing_legaldocument.version_id
                AND v.drafted_by_id = {ORG}));
"""
NO_WALL = """
DROP POLICY resealed ON sharing_legaldocument;
REVOKE ALL ON sharing_legaldocument FROM accord_worker;
REVOKE UPDATE (sealed) ON sharing_chunk FROM accord_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0021_rotations_are_planned")]
    operations = [
        migrations.RunSQL(
            KEEP.format(update=RESEALED) + WALL, NO_WALL + KEEP.format(update="true")
        ),
    ]
