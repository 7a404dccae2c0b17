"""Row-level security: what PostgreSQL itself lets web and worker see, and do to it.

Roles belong to the whole server, so they may be there already; several databases (those
of parallel tests) may make them at once. Who connects assumes one of them and owns nothing.
"""

from django.db import migrations

BOTH = "accord_app, accord_worker"
ORG = "(SELECT nullif(current_setting('app.current_org', true), '')::uuid)"
COLLECTION = (
    "(SELECT nullif(current_setting('app.current_collection', true), '')::uuid)"
)
OWN = f"owner_id = {ORG}"
OWN_SUBMISSION = f"""EXISTS (SELECT FROM sharing_submission s
        WHERE s.ordinal = submission_id AND s.owner_id = {ORG})"""
GRANTED = "generation_id = ANY ((SELECT sharing_readable_generations())::bigint[])"
OF_COLLECTION = f"""generation_id IN (SELECT g.id FROM sharing_generation g
        WHERE g.collection_id = {COLLECTION})"""

ROLES = """
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['accord_app', 'accord_worker'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS'
                       ' NOCREATEDB NOCREATEROLE NOREPLICATION', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;  -- somebody else was faster
      END;
    END IF;
    IF EXISTS (SELECT FROM pg_roles
                WHERE rolname = wanted AND (rolsuper OR rolbypassrls)) THEN
      RAISE EXCEPTION 'role % must not bypass row-level security', wanted;
    END IF;
    IF NOT pg_has_role(current_user, wanted, 'SET') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER WITH INHERIT FALSE, SET TRUE', wanted);
    END IF;
  END LOOP;
END $$;
"""

# What is not walled is for both; nothing that is append-only can be changed or deleted.
PRIVILEGES = f"""
DO $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO {BOTH}', current_schema());
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I'
                 ' TO {BOTH}', current_schema());
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO {BOTH}', current_schema());
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I'
                 ' GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {BOTH}',
                 current_schema());
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE ON SEQUENCES TO {BOTH}',
                 current_schema());
END $$;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {BOTH};
REVOKE UPDATE, DELETE ON orgs_auditevent, sharing_signature FROM {BOTH};
REVOKE DELETE ON orgs_organization, sharing_agreement, sharing_version, sharing_collection,
       sharing_generation, sharing_grant, sharing_generationroot FROM {BOTH};
REVOKE UPDATE, DELETE ON sharing_streamhead FROM {BOTH};
GRANT UPDATE (next_seq, last_date_added, horizon_seq) ON sharing_streamhead TO {BOTH};

REVOKE ALL ON sharing_indicator, sharing_claimbatch, sharing_submission, sharing_chunk,
       sharing_chunkresult, sharing_lineproblem, sharing_release, sharing_releasebatch,
       sharing_controlrecord, sharing_receipt FROM {BOTH};
GRANT SELECT ON sharing_indicator, sharing_claimbatch, sharing_chunkresult,
      sharing_release, sharing_controlrecord TO accord_app;
GRANT SELECT, INSERT, UPDATE ON sharing_submission, sharing_receipt TO accord_app;
GRANT SELECT, INSERT ON sharing_chunk TO accord_app;
GRANT SELECT, UPDATE ON sharing_lineproblem TO accord_app;

GRANT SELECT, INSERT, UPDATE ON sharing_indicator, sharing_chunkresult,
      sharing_lineproblem TO accord_worker;
GRANT SELECT, INSERT ON sharing_claimbatch, sharing_releasebatch,
      sharing_controlrecord TO accord_worker;
GRANT UPDATE (nonces) ON sharing_releasebatch TO accord_worker;
GRANT SELECT, UPDATE ON sharing_submission TO accord_worker;
GRANT SELECT, DELETE ON sharing_chunk TO accord_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON sharing_release TO accord_worker;
"""

# The generation in effect of every collection that the current organization may read now.
READABLE = """
CREATE FUNCTION sharing_readable_generations() RETURNS bigint[] STABLE LANGUAGE sql
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

# Table, policy, command, roles, rows.
POLICIES = (
    *((table, "own", "ALL", BOTH, OWN)
      for table in ("sharing_indicator", "sharing_claimbatch", "sharing_submission")),
    *((table, "own", "ALL", BOTH, OWN_SUBMISSION)
      for table in ("sharing_chunk", "sharing_chunkresult", "sharing_lineproblem")),
    ("sharing_release", "own", "SELECT", "accord_app", OWN),
    ("sharing_release", "granted", "SELECT", "accord_app", GRANTED),
    ("sharing_release", "released", "ALL", "accord_worker", OWN),
    ("sharing_release", "of_collection", "SELECT", "accord_worker", OF_COLLECTION),
    ("sharing_release", "emptied", "UPDATE", "accord_worker", OF_COLLECTION),
    ("sharing_release", "swept", "DELETE", "accord_worker", OF_COLLECTION),
    ("sharing_releasebatch", "of_collection", "ALL", "accord_worker", OF_COLLECTION),
    ("sharing_controlrecord", "granted", "SELECT", "accord_app", GRANTED),
    ("sharing_controlrecord", "of_collection", "ALL", "accord_worker", OF_COLLECTION),
    ("sharing_receipt", "own", "ALL", "accord_app", f"recipient_id = {ORG}"),
)  # fmt: skip
TABLES = sorted({table for table, *_ in POLICIES})
WALLS = "\n".join(
    [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        for table in TABLES
    ]
    + [
        f"CREATE POLICY {name} ON {table} FOR {command} TO {roles} USING ({rows});"
        for table, name, command, roles, rows in POLICIES
    ]
)

# Work on a chunk says from now on whose it is: without that nobody could look it up.
WHOSE = """
UPDATE sharing_outboxrow o
   SET payload = o.payload || jsonb_build_object('owner', s.owner_id)
  FROM sharing_submission s
 WHERE o.kind = 'chunk_received' AND s.ordinal = (o.payload ->> 'submission')::bigint;
"""
NOBODYS = """
UPDATE sharing_outboxrow SET payload = payload - 'owner' WHERE kind = 'chunk_received';
"""
NO_WALLS = "\n".join(
    [f"DROP POLICY {name} ON {table};" for table, name, *_ in POLICIES]
    + [
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;"
        for table in TABLES
    ]
    + ["DROP FUNCTION sharing_readable_generations();"]
)
# The roles stay: other databases of the server may use them.
NO_PRIVILEGES = f"""
DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM {BOTH}', current_schema());
  EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %I FROM {BOTH}', current_schema());
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I REVOKE ALL ON TABLES FROM {BOTH}',
                 current_schema());
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I REVOKE ALL ON SEQUENCES FROM {BOTH}',
                 current_schema());
END $$;
"""


class Migration(migrations.Migration):
    # All that makes tables: privileges are given on what is there.
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        (
            "guardian",
            "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more",
        ),
        ("orgs", "0003_people_have_a_second_factor"),
        ("sessions", "0001_initial"),
        ("sharing", "0006_signatures_tell_of_the_second_factor"),
    ]
    operations = [
        migrations.RunSQL(WHOSE, NOBODYS),
        migrations.RunSQL(ROLES, migrations.RunSQL.noop),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
        migrations.RunSQL(READABLE + WALLS, NO_WALLS),
    ]
