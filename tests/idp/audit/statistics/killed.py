"""A worker that counts until it is killed. Arguments: the database, how many events at once."""

import sys
from datetime import timedelta

from idp.audit.statistics.rolling import Statistics
from idp.storage.database import open_database
from tests.fakes import FakeClock
from tests.idp.audit.statistics.conftest import NOW

if __name__ == "__main__":
    url, at_once = sys.argv[1], int(sys.argv[2])
    counting = Statistics(open_database(url), FakeClock(NOW), timedelta(days=100), events_at_once=at_once)
    print("counting", flush=True)
    while True:
        counting.round()
