"""What all tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from jinja2 import FileSystemBytecodeCache

from course import create_app
from course.config import Config
from course.store import engine, migrations

# Machines are shared and noisy: no test fails for being slow. The same examples each time, so that what fails was
# broken by what was changed; HYPOTHESIS_PROFILE=long looks for new ones, and more of them.
settings.register_profile(
    "quick",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
settings.register_profile("long", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

ROOT = Path(__file__).resolve().parent.parent
SECRET = "0123456789abcdef" * 4  # the same in all tests, so that seeds and tokens can be compared

COURSE = """\
---
title: Small course
subject: Boats and oars
about: A course of two lessons.
footer: "A footer with [a link](https://example.org/)."
modules:
  first: The first module
  second: The second module
outcomes:
  1a: Know the boats
  2b: Row them
---

Welcome on board.
"""
LESSON_ONE = """\
---
title: The hull
module: first
order: 10
about: What carries the boat.
outcomes: [1a]
check: [hull-a, hull-b]
quiz: hull
exercises: [harbour, deck]
---

A hull is hollow, see [keel](term:keel).

## Wood

Oak and larch.
"""
LESSON_TWO = """\
---
title: The oar
module: second
order: 10
about: What moves the boat.
outcomes: [2b]
---

## Blades

See [the hull](lesson:hull).
"""
GLOSSARY = """\
---
title: Glossary
---

Keel
:   The beam along the bottom.

Thwart
:   A bench across the boat.
"""
# Every reason, hint and explanation is a word that stands nowhere else: quince, medlar, sloe …
QUIZ = """\
---
title: Questions on hulls
about: Five questions.
lesson: hull
use: quiz
pass: 60%
categories:
  Watch: [Morning, Noon, Night]
  Side: [Port, Starboard]
shared: [Noon]
---

## Which wood is a hull made of?

`single` `id=hull-a` `outcome=1a` `bloom=1`

- [ ] Balsa planks
  > Balsa: quince.
- [x] Oak planks
  > Oak: medlar.
- [ ] Cork planks
  > Cork: sloe.

> **Why:** the wood: damson.

> **Hint:** think of bullace.

## Which two float alone?

`multiple` `id=hull-b` `outcome=1a` `bloom=2`

- [x] A barrel
  > Barrel: rowan.
- [x] A bottle
  > Bottle: azarole.
- [ ] An anchor
  > Anchor: whitebeam.
- [ ] A chain
  > Chain: mulberry.

> **Why:** it floats: loquat.

# The *Marigold*

She lies in the harbour.

## Which of her parts are right of the keel?

`multiple` `id=hull-c` `outcome=1a` `bloom=2` `credit=proportional`

- [x] Lantern
  > Lantern: kumquat.
- [x] Cutter
  > Cutter: pomelo.
- [ ] Galley
  > Galley: citron.
- [~] Rudder
  > Rudder: yuzu.

> **Why:** right of it: bergamot.

## Put her crew on watch

`sort` `id=hull-d` `outcome=2b` `bloom=3`

| Crew | Watch | Side | Why |
|---|---|---|---|
| **Cook** She rises first | Morning | Port | Cook: guava. |
| **Mate** He keeps the log | Night | Starboard | Mate: papaya. |
| **Boy** All hands eat | Noon | | Boy: lychee. |

> **Why:** on watch: feijoa.

> **Hint:** think of tamarillo.

## Which question was taken out?

`single` `id=hull-v` `outcome=2b` `bloom=1` `void`

- [x] This one
  > This: rambutan.
- [ ] Another one
  > Another: salak.

> **Why:** void: longan.
"""
# A grid: two parts have two sides, the one between them is one place.
GRID = """\
---
title: The harbour
about: Five cards on a board.
lesson: hull
use: exercise
categories:
  Part: [Bow, Middle, Stern]
  Side: [Port, Starboard]
shared: [Middle]
---

# The long quay

A boat lies along it.

## Put everything in its part of the boat

`sort` `id=ex-harbour` `outcome=1a` `bloom=3`

A part may stay empty.

| Thing | Part | Side | Why |
|---|---|---|---|
| **Anchor** It hangs outside | Bow | Port | Anchor: almond. |
| **Buoy** It is orange | Bow | Starboard | Buoy: walnut. |
| **Compass** It points north | Middle | | Compass: pecan. |
| **Drum** It beats time | Stern | Port | Drum: cashew. |
| **Ensign** It flies | Stern | Port; Starboard | Ensign: hazel. |

> **Why:** the parts: pistachio.

> **Hint:** think of macadamia.
"""
STAGES = """\
---
title: The deck
about: Three cards, three places.
lesson: hull
use: exercise
categories:
  Deck: [Upper, Lower, Hold]
---

## Put each thing on its deck

`sort` `id=ex-deck` `outcome=1a` `bloom=2`

| Thing | Deck | Why |
|---|---|---|
| Ladder | Upper; Lower | Ladder: basil. |
| Ballast | Hold | Ballast: thyme. |
| Lamp | Lower | Lamp: chervil. |

> **Why:** decks: lovage.
"""
EXAM = """\
---
title: The exam pool
use: exam
---

## Which knot holds?

`single` `id=exam-a` `outcome=2b` `bloom=1`

- [x] The bowline
  > Bowline: vetiver.
- [ ] The granny
  > Granny: sumac.

> **Why:** knots: fennel.
"""
FILES = {
    "content/course.md": COURSE,
    "content/glossary.md": GLOSSARY,
    "content/lessons/hull.md": LESSON_ONE,
    "content/lessons/oar.md": LESSON_TWO,
    "quizzes/hull.quiz.md": QUIZ,
    "quizzes/harbour.quiz.md": GRID,
    "quizzes/deck.quiz.md": STAGES,
    "quizzes/pool.quiz.md": EXAM,
}


@pytest.fixture
def small_course(tmp_path: Path) -> Path:
    """Return the folder of a small course that a test may change."""
    folder = tmp_path / "course"
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file with all tables and no row, to be copied."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "content").mkdir()
    app = create_app(config_for(folder, folder))
    with app.app_context():
        migrations.upgrade()
        engine.close_all()
    return folder / "course.db"


def config_for(
    course_dir: Path,
    instance: Path,
    testing: bool = False,
    refresh_seconds: float = 0.0,
    secure_cookies: bool = False,
    **more: str,
) -> Config:
    """Return settings for one test."""
    return Config(
        course_dir=course_dir,
        instance=instance,
        database_url=f"sqlite:///{instance / 'course.db'}",
        secret_key=SECRET,
        refresh_seconds=refresh_seconds,
        secure_cookies=secure_cookies,
        testing=testing,
        **more,  # type: ignore[arg-type]
    )


@dataclass
class MakeApp:
    """Makes the real application, each time with a database file of its own unless an instance is given."""

    folder: Path
    template: Path
    made: list[Flask] = field(default_factory=list)

    def __call__(
        self,
        course_dir: Path,
        instance: Path | None = None,
        testing: bool = False,
        refresh_seconds: float = 0.0,
        secure_cookies: bool = False,
        **more: str,
    ) -> Flask:
        instance = instance or self.folder / f"instance-{len(self.made)}"
        instance.mkdir(parents=True, exist_ok=True)
        if not (instance / "course.db").exists():
            shutil.copy(self.template, instance / "course.db")
        app = create_app(config_for(course_dir, instance, testing, refresh_seconds, secure_cookies, **more))
        # Compiling the templates would take half of all the tests' time; a changed one is compiled anew.
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(self.template.parent))
        self.made.append(app)
        return app


@pytest.fixture
def make_app(tmp_path: Path, empty_database: Path) -> Iterator[MakeApp]:
    """Return a function that makes the application; its connections are closed at the end."""
    make = MakeApp(tmp_path, empty_database)
    yield make
    for app in make.made:
        with app.app_context():
            engine.close_all()


@pytest.fixture
def app(make_app: MakeApp, small_course: Path) -> Flask:
    """Return the application on the small course, with an empty database."""
    return make_app(small_course)
