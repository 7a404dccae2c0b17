"""Sessions say whose they are; saved views; a person's audit events are found by index."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# A view may name partners and collections: it is of the organization it was saved in.
# Hub staff act for none, and so have views of none.
OWN = """
ALTER TABLE orgs_savedview ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON orgs_savedview FOR ALL TO accord_app, accord_worker
 USING (organization_id IS NOT DISTINCT FROM
        (SELECT nullif(current_setting('app.current_org', true), '')::uuid));
REVOKE ALL ON orgs_savedview FROM accord_app, accord_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON orgs_savedview TO accord_app;
"""
SHARED = """
DROP POLICY own ON orgs_savedview;
ALTER TABLE orgs_savedview NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0007_backups_are_known"),
        ("sharing", "0007_row_level_security"),  # it makes the roles
    ]

    operations = [
        migrations.CreateModel(
            name="BrowserSession",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        verbose_name="session key",
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                (
                    "expire_date",
                    models.DateTimeField(db_index=True, verbose_name="expire date"),
                ),
                ("handle", models.UUIDField(null=True)),
                ("since", models.DateTimeField(null=True)),
                ("browser", models.CharField(blank=True, default="", max_length=40)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SavedView",
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
                ("place", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["user", "-id"], name="audit_of_person"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(
                    (
                        "verb__in",
                        [
                            "accounts:user:create",
                            "accounts:user:change",
                            "accounts:second-factor:reset",
                            "members:member:add",
                            "members:member:change",
                            "members:member:remove",
                        ],
                    )
                ),
                fields=["subject", "-id"],
                name="audit_about_person",
            ),
        ),
        migrations.AddField(
            model_name="browsersession",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="browser_sessions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="organization",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="orgs.organization",
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                fields=("user", "organization", "place", "name"),
                name="saved_views_are_named",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(OWN, SHARED),
    ]
