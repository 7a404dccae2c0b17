"""Watchlists and what they matched: marks and sealed bytes, seen by their owner alone."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("watchlist", "watchline", "watchcount", "match")
OWN = "".join(
    f"""
ALTER TABLE sharing_{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sharing_{table} FOR ALL TO accord_app, accord_worker
 USING (organization_id =
        (SELECT nullif(current_setting('app.current_org', true), '')::uuid));
REVOKE ALL ON sharing_{table} FROM accord_app, accord_worker;
"""
    for table in TABLES
)
# The worker matches, seals again under new keys, and forgets.
PRIVILEGES = """
GRANT SELECT, INSERT, UPDATE, DELETE ON sharing_watchlist, sharing_watchline TO accord_app;
GRANT SELECT, INSERT, UPDATE ON sharing_watchcount TO accord_app;
GRANT SELECT, DELETE ON sharing_match TO accord_app;
GRANT SELECT ON sharing_watchlist, sharing_watchline TO accord_worker;
GRANT UPDATE (label_sealed) ON sharing_watchline TO accord_worker;
GRANT SELECT, DELETE ON sharing_watchcount TO accord_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON sharing_match TO accord_worker;
GRANT USAGE ON SEQUENCE sharing_watchcount_id_seq TO accord_app;
"""
SHARED = "".join(
    f"""
DROP POLICY own ON sharing_{table};
ALTER TABLE sharing_{table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
"""
    for table in TABLES
)


def key() -> models.UUIDField:
    return models.UUIDField(
        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
    )


def owner() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        to="orgs.organization",
    )


def of_list(**more: str) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, to="sharing.watchlist", **more
    )


def once(name: str, *fields: str) -> dict[str, object]:
    return {
        "default_permissions": (),
        "constraints": [
            models.UniqueConstraint(fields=("organization", *fields), name=name)
        ],
    }


class Migration(migrations.Migration):
    dependencies = [("sharing", "0030_people_have_an_inbox")]
    operations = [
        migrations.CreateModel(
            name="Watchlist",
            fields=[
                ("id", key()),
                ("name", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField()),
                ("organization", owner()),
            ],
            options=once("watchlists_have_names", "name"),
        ),
        migrations.CreateModel(
            name="WatchLine",
            fields=[
                ("id", key()),
                ("mark", models.BinaryField()),
                ("label_sealed", models.BinaryField(null=True)),
                ("added_at", models.DateTimeField()),
                ("organization", owner()),
                ("watchlist", of_list(related_name="lines")),
            ],
            options=once("a_line_once", "mark", "watchlist"),
        ),
        migrations.CreateModel(
            name="WatchCount",
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
                ("day", models.DateField()),
                ("added", models.PositiveBigIntegerField()),
                ("organization", owner()),
            ],
            options=once("one_count_of_lines_a_day", "day"),
        ),
        migrations.CreateModel(
            name="Match",
            fields=[
                ("id", key()),
                ("release_mark", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("organization", owner()),
                ("watchlist", of_list()),
            ],
            options={
                **once("a_match_once", "release_mark", "watchlist"),
                "indexes": [
                    models.Index(
                        fields=["organization", "-at", "-id"], name="match_newest"
                    )
                ],
            },
        ),
        migrations.RunSQL(OWN + PRIVILEGES, SHARED),
    ]
