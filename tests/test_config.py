"""The settings: read once, typed, and refused in plain words."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from course import create_app
from course.config import ROOT, SETTINGS, CannotStartError, Config, read, secret_key
from course.store import engine, migrations

HERE = Path(__file__).resolve().parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that can be a course."""
    (tmp_path / "course" / "content").mkdir(parents=True)
    return tmp_path / "course"


@pytest.fixture
def given(folder: Path, tmp_path: Path) -> dict[str, str]:
    """Return settings that work."""
    return {"COURSE_DIR": str(folder), "COURSE_INSTANCE": str(tmp_path / "instance")}


# ---- reading ----


def test_with_nothing_given_the_course_beside_the_engine_is_served(tmp_path: Path) -> None:
    config = read({"COURSE_INSTANCE": str(tmp_path)})
    assert config.course_dir == ROOT
    assert config.database_url == f"sqlite:///{tmp_path / 'course.db'}"
    assert (config.refresh_seconds, config.secure_cookies, config.testing) == (1.0, False, False)


def test_every_setting_can_be_given(folder: Path, tmp_path: Path) -> None:
    config = read(
        {
            "COURSE_DIR": str(folder),
            "COURSE_INSTANCE": str(tmp_path / "kept" / "here"),
            "COURSE_DATABASE_URL": "sqlite:////elsewhere/x.db",
            "COURSE_SECRET_KEY": "k" * 40,
            "COURSE_REFRESH_SECONDS": "0.25",
            "COURSE_SECURE_COOKIES": "1",
            "COURSE_TESTING": "1",
        }
    )
    assert config == Config(
        course_dir=folder,
        instance=tmp_path / "kept" / "here",
        database_url="sqlite:////elsewhere/x.db",
        secret_key="k" * 40,
        refresh_seconds=0.25,
        secure_cookies=True,
        testing=True,
    )
    assert not (tmp_path / "kept" / "here" / "secret_key").exists()


def test_an_empty_setting_is_its_default(given: dict[str, str]) -> None:
    empty = {setting.name: "" for setting in SETTINGS} | given
    assert read(empty) == read(given)


def test_the_environment_is_read_where_nothing_is_handed_in(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for setting in SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert read() == read(given)


def test_folders_are_taken_from_where_the_command_was_started(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = read({"COURSE_DIR": "course", "COURSE_INSTANCE": "kept"})
    assert (config.course_dir, config.instance) == (folder, tmp_path / "kept")


def test_zero_and_one_are_the_two_states_of_a_switch(given: dict[str, str]) -> None:
    on, off = {"COURSE_SECURE_COOKIES": "1"}, {"COURSE_SECURE_COOKIES": "0"}
    assert read(given | on).secure_cookies
    assert not read(given | off).secure_cookies


def test_a_course_at_an_https_address_has_secure_cookies_unless_that_is_switched_off(given: dict[str, str]) -> None:
    https = given | {"COURSE_ADDRESS": "https://learn.example.org"}
    assert read(https).secure_cookies
    assert not read(https | {"COURSE_SECURE_COOKIES": "0"}).secure_cookies
    assert not read(given | {"COURSE_ADDRESS": "http://learn.example.org"}).secure_cookies


# ---- refusing ----

BAD = [
    ("COURSE_DIR", "/nothing/is/here", r"COURSE_DIR is /nothing/is/here, which has no folder content/ — name "),
    ("COURSE_REFRESH_SECONDS", "often", r"COURSE_REFRESH_SECONDS is “often”, which is not a number of seconds — write"),
    ("COURSE_REFRESH_SECONDS", "nan", r"COURSE_REFRESH_SECONDS is “nan”, which is not a number of seconds — write"),
    ("COURSE_REFRESH_SECONDS", "inf", r"COURSE_REFRESH_SECONDS is “inf”, which is not a number of seconds — write"),
    (
        "COURSE_GRACE_SECONDS",
        "soon",
        r"COURSE_GRACE_SECONDS is “soon” — write a whole number of seconds from 0 to 3600",
    ),
    ("COURSE_GRACE_SECONDS", "-1", r"COURSE_GRACE_SECONDS is “-1” — write"),
    ("COURSE_GRACE_SECONDS", "3601", r"COURSE_GRACE_SECONDS is “3601” — write"),
    ("COURSE_REFRESH_SECONDS", "-1", r"COURSE_REFRESH_SECONDS is “-1”, which is not a number of seconds — write"),
    ("COURSE_SECURE_COOKIES", "yes", r"COURSE_SECURE_COOKIES is “yes” — write 1 or 0"),
    ("COURSE_SECURE_COOKIES", "true", r"COURSE_SECURE_COOKIES is “true” — write 1 or 0"),
    ("COURSE_TESTING", "no", r"COURSE_TESTING is “no” — write 1 or 0"),
    ("COURSE_SECRET_KEY", "secret", r"COURSE_SECRET_KEY has 6 characters — give it 32 or more"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), BAD, ids=[f"{name}={value}" for name, value, _ in BAD])
def test_a_setting_that_cannot_be_used_is_refused_in_a_plain_sentence(
    given: dict[str, str], name: str, value: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence) as refused:
        read(given | {name: value})
    assert isinstance(refused.value, CannotStartError)
    assert "\n" not in str(refused.value)


def test_a_secret_key_that_is_refused_is_not_told(given: dict[str, str]) -> None:
    with pytest.raises(CannotStartError) as refused:
        read(given | {"COURSE_SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(refused.value)


def test_a_file_in_the_place_of_the_instance_folder_is_refused_in_a_plain_sentence(
    given: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(CannotStartError, match=f"COURSE_INSTANCE is {place}, which cannot be a folder: .* — name"):
            read(given | {"COURSE_INSTANCE": str(place)})


# ---- the secret key ----


def test_a_secret_key_is_made_once_for_its_owner_only_and_kept(given: dict[str, str], tmp_path: Path) -> None:
    first = read(given).secret_key
    file = tmp_path / "instance" / "secret_key"
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    changed = file.stat().st_mtime_ns
    assert read(given).secret_key == first
    assert file.stat().st_mtime_ns == changed
    assert [kept.name for kept in file.parent.iterdir()] == ["secret_key"]


def test_two_instances_have_two_keys(given: dict[str, str], tmp_path: Path) -> None:
    assert read(given).secret_key != read(given | {"COURSE_INSTANCE": str(tmp_path / "other")}).secret_key


def test_a_key_is_only_for_its_owner_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        secret_key(tmp_path / "secret_key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "\n", "short", "\xff\xfe"])
def test_a_file_that_holds_no_key_is_refused_in_a_plain_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "secret_key"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(CannotStartError, match=f"{file} holds no key — delete it, and a new one is made"):
        secret_key(file)
    file.unlink()
    assert len(secret_key(file)) == 64


def test_a_folder_in_the_place_of_the_key_is_refused_in_a_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "secret_key").mkdir()
    with pytest.raises(CannotStartError, match="secret_key cannot be read or made: Is a directory — make it your own"):
        secret_key(tmp_path / "secret_key")


def test_processes_that_start_at_the_same_time_agree_on_one_key(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from course.config import secret_key\n"
        "print('ready', flush=True)\n"
        "for n, line in enumerate(sys.stdin): print(secret_key(Path(sys.argv[1]) / str(n)), flush=True)\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            cwd=HERE,
            env={**os.environ, "PYTHONPATH": str(HERE)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    rounds = 150
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n" * rounds)
        process.stdin.flush()
    told = []
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        told.append(out.split())
    assert all(len(keys) == rounds for keys in told)
    for keys in zip(*told, strict=True):
        assert len(set(keys)) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(map(str, range(rounds)))


# ---- documentation ----


def test_every_setting_is_documented_in_a_sentence() -> None:
    for setting in SETTINGS:
        assert re.fullmatch("COURSE_[A-Z_]+", setting.name)
        assert re.fullmatch(r"[A-Z0-9].{20,}\.", setting.meaning), setting.name
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


def test_no_setting_is_read_that_is_not_listed() -> None:
    named = {setting.name for setting in SETTINGS}
    for file in [*(HERE / "course").rglob("*.py"), HERE / "wsgi.py"]:
        found = set(re.findall(r"\bCOURSE_[A-Z]+(?:_[A-Z]+)*\b", file.read_text()))
        assert found <= named | {"COURSE_FILE"}, file


def test_a_folder_of_any_name_can_be_the_instance(folder: Path, tmp_path: Path) -> None:
    instance = tmp_path / "50% of 3? Ünder #1 & %20 @host:x"
    app = create_app(read({"COURSE_DIR": str(folder), "COURSE_INSTANCE": str(instance)}))
    with app.app_context():
        migrations.upgrade()
        engine.close_all()
    assert {"course.db", "secret_key"} <= {file.name for file in instance.iterdir()}
    assert {file.name for file in tmp_path.iterdir()} == {"course", instance.name}
