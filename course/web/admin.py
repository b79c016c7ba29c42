"""What admins see: the log."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from course.core.accounts import Role
from course.store import audit
from course.web import roles

pages = Blueprint("admin", __name__)
LINES = 100  # on one page


@pages.get("/admin/log")
def log() -> str:
    """Admins. Sign-ins, changes of roles, exports, deletions and so on, the latest first."""
    roles.needs(Role.ADMIN)
    before = request.args.get("before", type=int)
    found = audit.entries(before if before is not None and 0 < before < 2**31 else None, LINES + 1)
    return render_template("admin/log.html", entries=found[:LINES], more=len(found) > LINES, before=before)
