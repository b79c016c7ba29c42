"""How often something may be done, counted over all processes."""

from __future__ import annotations

import math
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import request
from werkzeug.exceptions import TooManyRequests

from course import clock
from course.core.limits import GUESTS, TooOftenError
from course.store import accounts

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


def network() -> str:
    """Return where a request comes from; of IPv6 the network, because its whole 64 bits belong to one customer."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return str(request.remote_addr)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)


def limit(name: str, most: int, within: timedelta) -> None:
    """Count one more use under a name. Raises TooManyRequests, with the time to wait, beyond `most`."""
    wait = accounts.allow([name], most, within, clock.now())
    if wait is not None:
        raise TooManyRequests(retry_after=math.ceil(wait.total_seconds()))


def count_guest() -> None:
    """Count one more guest made from this network. Raises TooOftenError beyond the limit."""
    wait = accounts.allow([f"guest/{network()}"], GUESTS.most, GUESTS.within, clock.now())
    if wait is not None:
        raise TooOftenError(GUESTS, wait)
