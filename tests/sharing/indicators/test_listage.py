"""The age of the warninglists: of one's own folder, else of what the package carries."""

import os
from datetime import UTC, datetime

from hub.lib.clock import now
from sharing.indicators import listage


def test_age_of_the_package_is_a_day_of_the_past(settings) -> None:
    settings.WARNINGLISTS_DIR = None
    found = listage.newest()
    assert found is not None
    assert datetime(2020, 1, 1, tzinfo=UTC) < found <= now()


def test_age_of_a_folder_is_that_of_its_newest_file(settings, tmp_path) -> None:
    settings.WARNINGLISTS_DIR = tmp_path
    for name, stamp in (("a.json", 1_700_000_000), ("b.json.gz", 1_750_000_000)):
        (tmp_path / name).write_bytes(b"{}")
        os.utime(tmp_path / name, (stamp, stamp))
    assert listage.newest() == datetime.fromtimestamp(1_750_000_000, UTC)
