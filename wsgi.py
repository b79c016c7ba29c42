"""The application, for a WSGI server and for `flask`."""

import sys

from course import create_app
from course.config import CannotStartError

try:
    app = create_app()
except CannotStartError as error:
    sys.exit(f"Error: {error}")
