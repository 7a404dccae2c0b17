"""A submission can be undone for a while; faulty lines know where they were mended.

What claims were before rests sealed, beside the submission, for the window alone. The
worker sees receipts of the collection that it works on: who was served what is undone.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ORG = "(SELECT nullif(current_setting('app.current_org', true), '')::uuid)"
COLLECTION = (
    "(SELECT nullif(current_setting('app.current_collection', true), '')::uuid)"
)
OWN = f"""EXISTS (SELECT FROM sharing_submission s
        WHERE s.ordinal = submission_id AND s.owner_id = {ORG})"""
WALLS = f"""
REVOKE ALL ON sharing_undo, sharing_undorecord FROM accord_app, accord_worker;
GRANT SELECT, INSERT ON sharing_undo TO accord_app;
GRANT SELECT, UPDATE ON sharing_undo TO accord_worker;
GRANT SELECT ON sharing_undorecord TO accord_app;
GRANT SELECT, INSERT, DELETE ON sharing_undorecord TO accord_worker;
GRANT UPDATE (sealed, "left") ON sharing_undorecord TO accord_worker;
ALTER TABLE sharing_undo ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sharing_undorecord ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sharing_undo FOR ALL TO accord_app, accord_worker USING ({OWN});
CREATE POLICY own ON sharing_undorecord FOR ALL TO accord_app, accord_worker
 USING ({OWN});
GRANT SELECT ON sharing_receipt TO accord_worker;
CREATE POLICY of_collection ON sharing_receipt FOR SELECT TO accord_worker
 USING (collection_id = {COLLECTION});
"""
NO_WALLS = """
DROP POLICY of_collection ON sharing_receipt;
REVOKE SELECT ON sharing_receipt FROM accord_worker;
DROP POLICY own ON sharing_undorecord;
DROP POLICY own ON sharing_undo;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0006_alarms_of_the_audit_are_found"),
        ("sharing", "0032_recipients_say_what_came_of_it"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="claimbatch",
            name="submission",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="claimbatch",
            index=models.Index(
                condition=models.Q(("submission__isnull", False)),
                fields=["submission"],
                name="batches_of_submission",
            ),
        ),
        migrations.AddField(
            model_name="lineproblem",
            name="mended_in",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="sharing.submission",
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="undo_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Undo",
            fields=[
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="undo",
                        serialize=False,
                        to="sharing.submission",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("withdrawn", models.PositiveIntegerField(default=0)),
                ("restored", models.PositiveIntegerField(default=0)),
                ("without_text", models.PositiveIntegerField(default=0)),
                ("later", models.PositiveIntegerField(default=0)),
                ("frozen", models.PositiveIntegerField(default=0)),
                ("fetched", models.JSONField(default=list)),
                (
                    "credential",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.credential",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="UndoRecord",
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
                ("number", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                ("left", models.BooleanField(default=False)),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="undoable",
                        to="sharing.submission",
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(WALLS, NO_WALLS),
    ]
