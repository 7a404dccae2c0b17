"""Transitions that are not in this table fail, and so does changing what was signed."""

from django.db import migrations

FORBID = """
CREATE FUNCTION sharing_refuse(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', what USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION sharing_agreement_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      PERFORM sharing_refuse('an agreement begins as a draft');
    END IF;
  ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
      ('draft', 'proposed'), ('draft', 'terminated'),
      ('proposed', 'active'), ('proposed', 'terminated'),
      ('active', 'suspended'), ('active', 'expired'), ('active', 'terminated'),
      ('suspended', 'active'), ('suspended', 'expired'), ('suspended', 'terminated'),
      ('expired', 'active'), ('expired', 'terminated')) THEN
    PERFORM sharing_refuse('an agreement does not go from '
                           || OLD.state || ' to ' || NEW.state);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE INSERT OR UPDATE ON sharing_agreement
  FOR EACH ROW EXECUTE FUNCTION sharing_agreement_moves();

CREATE FUNCTION sharing_signed(version uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM sharing_signature WHERE version_id = version)
$$;

CREATE FUNCTION sharing_version_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      PERFORM sharing_refuse('a version begins as a draft');
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
      ('draft', 'proposed'), ('draft', 'superseded'), ('draft', 'ended'),
      ('proposed', 'draft'), ('proposed', 'active'), ('proposed', 'superseded'),
      ('proposed', 'ended'), ('active', 'superseded'), ('active', 'ended')) THEN
    PERFORM sharing_refuse('a version does not go from '
                           || OLD.state || ' to ' || NEW.state);
  END IF;
  IF NEW.state = 'active' AND OLD.state <> 'active' AND (
      NOT sharing_signed(NEW.id)
      OR EXISTS (SELECT FROM sharing_party p
                  WHERE p.version_id = NEW.id AND p.left_at IS NULL
                    AND NOT EXISTS (SELECT FROM sharing_signature s
                                     WHERE s.version_id = p.version_id
                                       AND s.organization_id = p.organization_id)))
  THEN
    PERFORM sharing_refuse('a version takes effect when every party has signed it');
  END IF;
  IF ((NEW.id, NEW.agreement_id, NEW.number, NEW.text, NEW.text_sha256,
       NEW.effective_from, NEW.effective_until)
      IS DISTINCT FROM
      (OLD.id, OLD.agreement_id, OLD.number, OLD.text, OLD.text_sha256,
       OLD.effective_from, OLD.effective_until)
      OR NEW.state = 'draft' AND OLD.state <> 'draft') AND sharing_signed(OLD.id) THEN
    PERFORM sharing_refuse('a signed text stays as it is');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE INSERT OR UPDATE ON sharing_version
  FOR EACH ROW EXECUTE FUNCTION sharing_version_moves();

CREATE FUNCTION sharing_keep_clause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND (NEW.id, NEW.version_id, NEW.position, NEW.name, NEW.terms)
         IS NOT DISTINCT FROM
         (OLD.id, OLD.version_id, OLD.position, OLD.name, OLD.terms)
     AND (OLD.collection_id IS NULL OR NEW.collection_id = OLD.collection_id) THEN
    RETURN NEW;
  END IF;
  IF TG_OP <> 'INSERT' AND sharing_signed(OLD.version_id)
     OR TG_OP <> 'DELETE' AND sharing_signed(NEW.version_id) THEN
    PERFORM sharing_refuse('the clauses of a signed text stay as they are');
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER signed_text BEFORE INSERT OR UPDATE OR DELETE ON sharing_clause
  FOR EACH ROW EXECUTE FUNCTION sharing_keep_clause();

CREATE FUNCTION sharing_keep_party() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND (NEW.id, NEW.version_id, NEW.organization_id, NEW.hidden, NEW.acceding)
         IS NOT DISTINCT FROM
         (OLD.id, OLD.version_id, OLD.organization_id, OLD.hidden, OLD.acceding)
     AND (OLD.left_at IS NULL OR NEW.left_at = OLD.left_at)
     OR TG_OP = 'INSERT' AND NEW.acceding AND EXISTS (
        SELECT FROM sharing_version WHERE id = NEW.version_id
           AND state = 'active' AND text @> '{"open_to_accession": true}') THEN
    RETURN NEW;
  END IF;
  IF TG_OP <> 'INSERT' AND sharing_signed(OLD.version_id)
     OR TG_OP <> 'DELETE' AND sharing_signed(NEW.version_id) THEN
    PERFORM sharing_refuse('the parties to a signed text stay as they are');
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER signed_text BEFORE INSERT OR UPDATE OR DELETE ON sharing_party
  FOR EACH ROW EXECUTE FUNCTION sharing_keep_party();

CREATE FUNCTION sharing_keep_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM sharing_refuse('signatures are append-only');
  RETURN NULL;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON sharing_signature
  FOR EACH ROW EXECUTE FUNCTION sharing_keep_signature();
"""
ALLOW = """
DROP TRIGGER append_only ON sharing_signature;
DROP TRIGGER signed_text ON sharing_party;
DROP TRIGGER signed_text ON sharing_clause;
DROP TRIGGER moves ON sharing_version;
DROP TRIGGER moves ON sharing_agreement;
DROP FUNCTION sharing_keep_signature();
DROP FUNCTION sharing_keep_party();
DROP FUNCTION sharing_keep_clause();
DROP FUNCTION sharing_version_moves();
DROP FUNCTION sharing_agreement_moves();
DROP FUNCTION sharing_signed(uuid);
DROP FUNCTION sharing_refuse(text);
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0004_agreements_end")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
