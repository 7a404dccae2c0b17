"""Release batches stay as they were written; only their nonces can be erased."""

from django.db import migrations

FORBID = """
CREATE FUNCTION sharing_keep_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.nonces IS NULL
     AND (NEW.id, NEW.generation_id, NEW.version_id, NEW.first_seq, NEW.n,
          NEW.commitments, NEW.created_at)
         IS NOT DISTINCT FROM
         (OLD.id, OLD.generation_id, OLD.version_id, OLD.first_seq, OLD.n,
          OLD.commitments, OLD.created_at)
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'release batches are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON sharing_releasebatch
  FOR EACH ROW EXECUTE FUNCTION sharing_keep_batch();
"""
ALLOW = """
DROP TRIGGER append_only ON sharing_releasebatch;
DROP FUNCTION sharing_keep_batch();
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0002_release_housekeeping")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
