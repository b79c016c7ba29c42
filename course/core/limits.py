"""How much is kept within which time: far more than people do by hand, far less than fills a disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Limit:
    """At most so many within a time, and what is said to who does more."""

    most: int
    within: timedelta
    happened: str


ACTS = Limit(600, timedelta(minutes=1), "More was sent within a minute than people do by hand.")  # in one attempt
STARTS = Limit(500, timedelta(hours=1), "You have begun more within an hour than people can finish.")  # by one learner
# From one network: a classroom or a company shares one.
GUESTS = Limit(1000, timedelta(hours=1), "Very many people have begun here from your network within an hour.")


class TooOftenError(Exception):
    """A limit is reached, and nothing was kept; after `wait` there is room again."""

    def __init__(self, limit: Limit, wait: timedelta) -> None:
        super().__init__(limit.happened)
        self.limit = limit
        self.wait = wait
