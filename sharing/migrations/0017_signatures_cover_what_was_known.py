"""What `all` meant when a clause was first signed; later words of the hub are not in it."""

import json

from django.db import migrations, models

# What the hub knew when this was written: what is signed already keeps that.
KNOWN = {
    "types": [
        "bank_account", "btc_wallet", "cidr", "device_id", "domain", "email", "evm_wallet",
        "file_md5", "file_sha1", "file_sha256", "iban", "ipv4", "ipv6", "media_md5",
        "media_pdq", "media_sha256", "payment_card", "payment_handle", "phone",
        "platform_account", "solana_wallet", "tron_wallet", "url",
    ],
    "scam_types": [
        "advance_fee", "extortion", "impersonation", "investment", "job_offer", "other",
        "phishing", "romance", "shopping", "tech_support",
    ],
    "roles": [
        "compromised", "impersonated", "infrastructure", "mule", "perpetrator", "victim",
    ],
    "review_status": ["pending", "reviewed", "unreviewed"],
    "purposes": [
        "detection", "disruption", "investigation", "research", "victim_support",
    ],
}  # fmt: skip
WORDS = ", ".join(
    f"'{term}', CASE WHEN terms -> '{term}' = '\"all\"' THEN '{json.dumps(words)}'::jsonb END"
    for term, words in KNOWN.items()
)
FILL = f"""
UPDATE sharing_clause SET known = jsonb_strip_nulls(jsonb_build_object({WORDS}))
 WHERE sharing_signed(version_id);
"""
KEEP = """
CREATE OR REPLACE FUNCTION sharing_keep_clause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND (NEW.id, NEW.version_id, NEW.position, NEW.name, NEW.terms{known_new})
         IS NOT DISTINCT FROM
         (OLD.id, OLD.version_id, OLD.position, OLD.name, OLD.terms{known_old})
     AND (OLD.collection_id IS NULL OR NEW.collection_id = OLD.collection_id) THEN
    RETURN NEW;
  END IF;
  IF TG_OP <> 'INSERT' AND sharing_signed(OLD.version_id)
     OR TG_OP <> 'DELETE' AND sharing_signed(NEW.version_id) THEN
    PERFORM sharing_refuse('the clauses of a signed text stay as they are');
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0016_claims_by_hash_keep_no_value")]
    operations = [
        migrations.AddField("clause", "known", models.JSONField(default=dict)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(
            KEEP.format(known_new=", NEW.known", known_old=", OLD.known"),
            KEEP.format(known_new="", known_old=""),
        ),
    ]
