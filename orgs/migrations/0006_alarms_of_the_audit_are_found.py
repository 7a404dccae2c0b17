"""Alarms are found among all other audit events without reading those."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0005_staff_vouch_for_members")]
    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(
                    (
                        "verb__in",
                        ["lookup:releases:run-without-hits", "lookup:releases:refuse"],
                    )
                ),
                fields=["-at"],
                name="audit_alarms",
            ),
        ),
    ]
