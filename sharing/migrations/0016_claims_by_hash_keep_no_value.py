"""Claims of which only a hash was given; what each line was read as."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("sharing", "0015_generations_have_oprf_roots")]
    operations = [
        migrations.AddField(
            model_name="chunkresult",
            name="legend",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="chunkresult",
            name="seen",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="indicator",
            name="by_hash",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="lineproblem",
            name="guessed",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="lineproblem",
            name="type",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=Q(by_hash=False) | Q(value_sealed=None),
                name="claims_by_hash_keep_no_value",
            ),
        ),
    ]
