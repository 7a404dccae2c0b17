"""The last backup is found among all other audit events without reading those."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0006_alarms_of_the_audit_are_found")]
    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("verb", "hub:database:backup")),
                fields=["-at"],
                name="audit_backups",
            ),
        ),
    ]
