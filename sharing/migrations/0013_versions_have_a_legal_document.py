"""The document that is signed with a Version: sealed, its parties' alone, frozen once signed."""

import django.db.models.deletion
from django.db import migrations, models

ORG = "(SELECT nullif(current_setting('app.current_org', true), '')::uuid)"
WALL = f"""
REVOKE ALL ON sharing_legaldocument FROM accord_app, accord_worker;
GRANT SELECT, INSERT, DELETE ON sharing_legaldocument TO accord_app;
ALTER TABLE sharing_legaldocument ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY parties ON sharing_legaldocument FOR ALL TO accord_app USING (EXISTS (
  SELECT FROM sharing_party p JOIN sharing_version v ON v.id = p.version_id
   WHERE p.version_id = sharing_legaldocument.version_id
     AND p.organization_id = {ORG} AND p.left_at IS NULL
     AND (v.proposed_at IS NOT NULL OR v.drafted_by_id = {ORG})));

CREATE FUNCTION sharing_keep_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     OR TG_OP = 'INSERT' AND sharing_signed(NEW.version_id)
     OR TG_OP = 'DELETE' AND sharing_signed(OLD.version_id) THEN
    PERFORM sharing_refuse('the document of a signed text stays as it is');
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER signed_text BEFORE INSERT OR UPDATE OR DELETE ON sharing_legaldocument
  FOR EACH ROW EXECUTE FUNCTION sharing_keep_document();
"""
NO_WALL = """
DROP TRIGGER signed_text ON sharing_legaldocument;
DROP FUNCTION sharing_keep_document();
DROP POLICY parties ON sharing_legaldocument;
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0012_hash_only_types_keep_no_text")]
    operations = [
        migrations.CreateModel(
            name="LegalDocument",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="sharing.version",
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("attached_at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(WALL, NO_WALL),
    ]
