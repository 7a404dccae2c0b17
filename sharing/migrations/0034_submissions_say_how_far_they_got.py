"""What left because of a submission is counted as it leaves, by collection."""

import django.db.models.deletion
from django.db import migrations, models

ORG = "(SELECT nullif(current_setting('app.current_org', true), '')::uuid)"
OWN = f"""EXISTS (SELECT FROM sharing_submission s
        WHERE s.ordinal = submission_id AND s.owner_id = {ORG})"""
WALLS = f"""
REVOKE ALL ON sharing_reach FROM accord_app, accord_worker;
GRANT SELECT ON sharing_reach TO accord_app;
GRANT SELECT, INSERT, UPDATE ON sharing_reach TO accord_worker;
GRANT USAGE ON SEQUENCE sharing_reach_id_seq TO accord_worker;
ALTER TABLE sharing_reach ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sharing_reach FOR ALL TO accord_app, accord_worker USING ({OWN});
"""
NO_WALLS = "DROP POLICY own ON sharing_reach;"


class Migration(migrations.Migration):
    dependencies = [("sharing", "0033_submissions_can_be_undone")]
    operations = [
        migrations.AddField(
            model_name="submission",
            name="passes_open",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="Reach",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("collection", models.UUIDField()),
                ("released", models.PositiveIntegerField(default=0)),
                ("revised", models.PositiveIntegerField(default=0)),
                ("recalled", models.PositiveIntegerField(default=0)),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reached",
                        to="sharing.submission",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "reaches",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "collection"),
                        name="one_reach_per_collection",
                    )
                ],
            },
        ),
        migrations.RunSQL(WALLS, NO_WALLS),
    ]
