"""Of a type that is only hashed the store takes no text; types need no list here."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0004_organizations_are_listed"),
        ("sharing", "0011_lookups_are_counted"),
    ]
    operations = [
        migrations.AlterField(
            model_name="indicator",
            name="type",
            field=models.CharField(max_length=20),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=~Q(type__in=["payment_card"])
                | Q(value_sealed=None, note_sealed=None),
                name="hash_only_types_keep_no_text",
            ),
        ),
    ]
