"""Saved filters over releases and what they told of; more is found by index.

A filter is seen by its organization, a person's own by that person alone; the worker,
which sifts, sees all of the organization that it works for. What it told of goes with it.
A plan for large tables: the index over submissions holds those that are not done; those
over feedback find the newest. Each is built in one pass, some seconds a million.
"""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ORG = "(SELECT nullif(current_setting('app.current_org', true), '')::uuid)"
PERSON = "(SELECT nullif(current_setting('app.current_person', true), '')::bigint)"
TABLES = ("sharing_savedfilter", "sharing_filterhit")
OWN = {
    "sharing_savedfilter": f"(user_id IS NULL OR user_id = {PERSON})",
    "sharing_filterhit": "EXISTS (SELECT FROM sharing_savedfilter f WHERE f.id = filter_id)",
}
WALLS = "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON {table} FOR ALL TO accord_app
 USING (organization_id = {ORG} AND {OWN[table]});
CREATE POLICY sifted ON {table} FOR ALL TO accord_worker USING (organization_id = {ORG});
REVOKE ALL ON {table} FROM accord_app, accord_worker;
"""
    for table in TABLES
)
PRIVILEGES = """
GRANT SELECT, INSERT, UPDATE, DELETE ON sharing_savedfilter TO accord_app;
GRANT SELECT ON sharing_savedfilter TO accord_worker;
GRANT SELECT, DELETE ON sharing_filterhit TO accord_app;
GRANT SELECT, INSERT, DELETE ON sharing_filterhit TO accord_worker;
GRANT USAGE ON SEQUENCE sharing_filterhit_id_seq TO accord_worker;
"""
NO_WALLS = "".join(
    f"""
DROP POLICY own ON {table};
DROP POLICY sifted ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
"""
    for table in reversed(TABLES)
)


def to(model, **more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, to=model, **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0009_views_are_seen_by_their_person"),
        ("sharing", "0034_submissions_say_how_far_they_got"),
    ]
    operations = [
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("wanted", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("organization", to("orgs.organization", db_index=False)),
                ("user", to(settings.AUTH_USER_MODEL, null=True, related_name="+")),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "user", "name"),
                        name="filters_have_names",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FilterHit",
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
                ("release", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("organization", to("orgs.organization", db_index=False)),
                ("filter", to("sharing.savedfilter", db_index=False)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("filter", "release"), name="a_filter_is_hit_once"
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["filter", "-at", "-id"], name="filter_hit_newest"
                    ),
                    models.Index(fields=["organization", "at"], name="filter_hit_age"),
                ],
            },
        ),
        migrations.AddIndex(
            "submission",
            models.Index(
                condition=models.Q(("state", "done"), _negated=True),
                fields=["owner", "state", "-ordinal"],
                name="submission_not_done",
            ),
        ),
        *(
            migrations.AddIndex(
                model,
                models.Index(
                    fields=["owner", "-given_at", "-id"], name=f"{model}_newest"
                ),
            )
            for model in ("verdict", "sighting")
        ),
        migrations.RunSQL(WALLS + PRIVILEGES, NO_WALLS),
    ]
