"""Who may see pages that are for a role only."""

from __future__ import annotations

from werkzeug.exceptions import Forbidden

from course.core.accounts import Account, Role
from course.web import current

WHO = {Role.INSTRUCTOR: "instructors", Role.ADMIN: "admins"}


class NotYourRoleError(Forbidden):
    """The page is for a role that the person who asks does not have."""

    def __init__(self, role: Role) -> None:
        super().__init__()
        self.role = role


def needs(role: Role) -> Account:
    """Return the account of the person who asks. Raises NotYourRoleError where theirs does not include the role."""
    account = current.account()
    if account is None or not account.role.includes(role):
        raise NotYourRoleError(role)
    return account
