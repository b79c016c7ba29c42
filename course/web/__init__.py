"""Pages. A view loads, decides, acts and redirects, or renders; rules stand elsewhere."""

from __future__ import annotations

from flask import Flask
from flask_compress import Compress

from course.web import (
    about,
    account,
    admin,
    assets,
    attempts,
    data,
    errors,
    exams,
    exercises,
    flashcards,
    glossary,
    home,
    joining,
    learn,
    practise,
    preferences,
    progress,
    readiness,
    results,
    review,
    search,
    security,
    sets,
    signing,
    sitting,
    syllabus,
    teach,
    templating,
)


def register(app: Flask) -> None:
    """Add every page, hook and filter."""
    app.config.update(
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        COMPRESS_LEVEL=4,
        COMPRESS_BR_LEVEL=4,
        COMPRESS_ZSTD_LEVEL=3,
        COMPRESS_STREAMS=True,
        COMPRESS_MIMETYPES=["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
    )
    # Hooks that run after a request run in the reverse of this order: headers come last, over the compressed answer.
    security.register(app)
    Compress(app)
    templating.register(app)
    errors.register(app)
    for module in (home, learn, practise, sets, exams, attempts, sitting, results, exercises, progress, data):
        app.register_blueprint(module.pages)
    for module in (glossary, flashcards, review, readiness, syllabus, search, assets, about, preferences):
        app.register_blueprint(module.pages)
    for module in (account, signing, joining, teach, admin):
        app.register_blueprint(module.pages)
