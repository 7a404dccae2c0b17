"""Saved views are seen by the person that they are of, and by nobody without a scope.

Hub staff act for no organization, so the organization alone cannot say whose a view is.
"""

from django.db import migrations

ORGANIZATION = """organization_id IS NOT DISTINCT FROM
        (SELECT nullif(current_setting('app.current_org', true), '')::uuid)"""
PERSON = """user_id =
        (SELECT nullif(current_setting('app.current_person', true), '')::bigint)"""


def seen(*conditions):
    return f"""
DROP POLICY own ON orgs_savedview;
CREATE POLICY own ON orgs_savedview FOR ALL TO accord_app, accord_worker
 USING ({" AND ".join(conditions)});
"""


class Migration(migrations.Migration):
    dependencies = [("orgs", "0008_sessions_and_views_are_a_persons_own")]
    operations = [migrations.RunSQL(seen(PERSON, ORGANIZATION), seen(ORGANIZATION))]
