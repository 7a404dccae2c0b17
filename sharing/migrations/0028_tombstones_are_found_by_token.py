"""What was taken back stands in the history of an observable: found by its token.

Tombstones are kept for 90 days, so the index stays small; writers wait while it is made.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0027_look_ups_have_limits_of_their_own")]
    operations = [
        migrations.AddIndex(
            "release",
            models.Index(
                fields=["generation", "token"],
                name="release_tokens_taken_back",
                condition=models.Q(state="tombstone"),
            ),
        ),
    ]
