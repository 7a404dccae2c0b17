"""Hub staff vouch for a member.

Whoever sent lines before this is known to the hub's staff and keeps flowing; whoever
never did begins as a new member.
"""

from django.db import migrations, models

KNOWN = """
UPDATE orgs_organization o SET vouched = true
 WHERE EXISTS (SELECT FROM orgs_auditevent a
                WHERE a.organization_id = o.id AND a.verb = 'intake:submission:create');
"""


class Migration(migrations.Migration):
    dependencies = [("orgs", "0004_organizations_are_listed")]
    operations = [
        migrations.AddField(
            model_name="organization",
            name="vouched",
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
