"""Whether every drafter may name an organization, or only those that it knows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0003_people_have_a_second_factor")]
    operations = [
        migrations.AddField(
            model_name="organization",
            name="listed",
            field=models.BooleanField(
                default=True,
                help_text="Every drafter may name it. If not, only those that share an agreement.",
            ),
        ),
    ]
