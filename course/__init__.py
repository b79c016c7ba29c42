"""The engine: it serves a folder of lessons and quizzes, and knows no word of their subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from course.config import Config


def create_app(config: Config | None = None) -> Flask:
    """Make the application: settings, database, course, pages, commands."""
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from course import cli, web
    from course.config import MOST_BYTES, ROOT, read
    from course.library.catalogue import Library
    from course.questions.registry import kinds
    from course.store.engine import engine_options, prepare
    from course.store.tables import db

    config = config or read()
    app = Flask(__name__, static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_url),
        COURSE=config,
        MAX_CONTENT_LENGTH=MOST_BYTES,
    )
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    app.extensions["library"] = Library(config.course_dir, kinds())
    web.register(app)
    app.cli.add_command(cli.course)
    return app
