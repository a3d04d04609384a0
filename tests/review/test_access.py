"""Who may do what, over every route, role and object; and that nothing is learnt about what belongs to others."""

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from records.hit import Hit
from review.sessions import digest
from storage.api_tokens import add_token
from storage.bulk import Pick, record_bulk
from storage.database import Database, open_database
from storage.decisions import record_decision, undo_decision
from storage.errors import Conflict, NotFound
from storage.factors import add_passkey
from storage.hit_records import HitFilter
from storage.hits import hit_id_of, load_queue
from storage.mail_people import address_id_of, join_members
from storage.owner_answers import load_suggestions, record_answer
from storage.runs import load_runs
from storage.schedules import add_schedule
from storage.thumbnails import save_thumbnail
from storage.users import open_session
from tests.conftest import IS_LONG
from tests.review.access_table import EVERYONE, ROUTES, Row
from tests.review.conftest import Clock, copied, new_client
from tests.review.seeding import NOW, exact, hit, listing, picture, store

LogIn = Callable[[str], TestClient]
ADDRESS = address_id_of("sorano@example.test")
# A session of its own for the route, and for those behind it.
ENDS_SESSIONS = {"/logout", "/me", "/api/v1/session", "/api/v1/me"}
MANY = 60
NOTHING = {
    "name": "none.txt",
    "hit_id": "0" * 26, "run_id": "none", "sha256": "0" * 64, "login": "nobody", "session_id": "0" * 32,
    "token_id": "none", "credential_id": "none", "token": "none", "schedule_id": "none", "seller_id": "none",
    "market": "nowhere", "brand": "nothing", "job_id": "none", "capture_id": "none", "import_id": "none",
    "bulk_id": "0" * 13, "view_id": "0" * 10, "kind": "pdf",
    "address_id": "none", "suggestion_id": "999999", "mail_token": "none",
    "way": "none", "hold_id": "0", "track": "ip", "verdict": "unsure",
}  # fmt: skip


def routes(app: FastAPI) -> set[tuple[str, str]]:
    """Return method and path of every endpoint; FastAPI keeps those of included routers in contexts of their own."""
    endpoints: list[Any] = []
    for route in app.routes:
        contexts = getattr(route, "effective_route_contexts", None)
        endpoints += [route] if contexts is None else contexts()
    return {
        (method, endpoint.path)
        for endpoint in endpoints
        if endpoint.path not in {"/static", "/api/v1/openapi.json"}
        for method in endpoint.methods - {"HEAD"}
    }


def spare(number: int, brand: str = "Sorano") -> Hit:
    """Return one of many like hits, so that every act has a fresh one."""
    one = listing("tiki_vn", f"spare-{brand}-{number}", f"{brand} spare {number}", 90_000 + number)
    return hit(one, brand.lower(), 0.5, "high", exact(one, brand, brand))


@dataclass
class World:
    """Objects of everybody, by the name of the path's part."""

    database: Database
    clock: Clock
    fresh: list[str]
    released: dict[str, str]
    run_id: str

    def places(self, login: str, path: str, *, exists: bool = True) -> dict[str, str]:
        """Return what stands in the path's places: things that the login may see, or that nobody has."""
        names = re.findall(r"\{(\w+)\}", path)
        if not exists:
            return {name: NOTHING[name] for name in names}
        return {name: getattr(self, f"_{name}")(login, path) for name in names}

    def _hit_id(self, login: str, _path: str) -> str:
        return self.released.get(login) or self.fresh.pop()

    def _bulk_id(self, login: str, _path: str) -> str:
        with self.database.write() as session:
            picks = [Pick(self.fresh.pop(), 1)]
            return record_bulk(session, picks, "unsure", "needs_owner", login, self.clock()).bulk_id

    def _view_id(self, *_: str) -> str:
        return "VIEW"

    def _brand(self, *_: str) -> str:
        return "SORANO"

    def _track(self, *_: str) -> str:
        return "ip"

    def _verdict(self, *_: str) -> str:
        return "unsure"

    def _kind(self, *_: str) -> str:
        return "csv"

    def _run_id(self, *_: str) -> str:
        return self.run_id

    def _sha256(self, *_: str) -> str:
        return "9f2c41ab" * 8

    def _name(self, *_: str) -> str:
        return "page.body"

    def _market(self, *_: str) -> str:
        return "tiki_vn"

    def _hold_id(self, *_: str) -> str:
        return "0"

    def _way(self, *_: str) -> str:
        return "pages"

    def _schedule_id(self, *_: str) -> str:
        with self.database.write() as session:
            return add_schedule(session, "tiki_vn", {"query": "x"}, "0 2 * * *", "UTC", "binh", NOW).schedule_id

    def _token(self, *_: str) -> str:
        return "x"

    def _login(self, *_: str) -> str:
        return "thu"

    def _owner(self, login: str, path: str) -> str:
        return login if "/me/" in path else "thu"

    def _mail_token(self, *_: str) -> str:
        return "x"

    def _address_id(self, *_: str) -> str:
        with self.database.write() as session:
            return (*join_members(session, "Sorano Cosmetics", ("sorano@example.test",), NOW), ADDRESS)[0]

    def _suggestion_id(self, login: str, path: str) -> str:
        hit_id = self.fresh.pop()
        address_id = self._address_id(login, path)
        with self.database.write() as session:
            record_answer(session, hit_id, address_id, "authorised_seller", NOW)
            return str(load_suggestions(session)[-1].suggestion_id)

    def _session_id(self, login: str, path: str) -> str:
        token = f"session {len(self.fresh)} {login} {path}"
        with self.database.write() as session:
            at = self.clock()
            open_session(session, digest(token), self._owner(login, path), at, at + timedelta(hours=1))
        return digest(token)[:32]

    def _token_id(self, login: str, path: str) -> str:
        with self.database.write() as session:
            token = digest(f"token {login} {path}")
            return add_token(session, token, self._owner(login, path), "x", ("read",), NOW, None).token_id

    def _credential_id(self, login: str, path: str) -> str:
        name = f"credential-{login}-{hashlib.sha256(path.encode()).hexdigest()[:6]}"
        with self.database.write() as session:
            add_passkey(session, login, name, "key", 0, "x", NOW)
        return name


@dataclass(frozen=True)
class Filled:
    """A database with objects of everybody, made once."""

    path: Path
    fresh: tuple[str, ...]
    released: dict[str, str]
    run_id: str


@pytest.fixture(scope="module")
def filled(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    path = copied(seeded_file, tmp_path_factory.mktemp("filled"))
    database = open_database(f"sqlite:///{path}", lambda: bytes(32))
    spares = [spare(number) for number in range(MANY)]
    store(database, spares)
    released = {}
    with database.write() as session:
        for one in spares:
            save_thumbnail(session, *one.listing.key, picture())
        for login, brand in (("sato", "SORANO"), ("tanaka", "TAKUMA")):
            first = load_queue(session, HitFilter(brand=brand, tier="high"), None, 1).rows[0]
            at = NOW - timedelta(hours=1)
            record_decision(session, first.hit_id, first.revision, "violation", "counterfeit", "minh", at)
            released[login] = first.hit_id
        run_id = load_runs(session, limit=1)[0].run_id
    database.close()
    fresh = tuple(hit_id_of(one.key) for one in spares if hit_id_of(one.key) not in released.values())
    return Filled(path, fresh, released, run_id)


@pytest.fixture
def database(filled: Filled, tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{copied(filled.path, tmp_path)}", lambda: bytes(32))
    yield opened
    opened.close()


@pytest.fixture
def world(database: Database, clock: Clock, filled: Filled) -> World:
    return World(database, clock, list(filled.fresh), dict(filled.released), filled.run_id)


def ask(client: TestClient, method: str, path: str, places: dict[str, str], row: Row) -> tuple[int, str, str]:
    """Ask as the console's own pages and clients do; return status, where it leads, and the body."""
    address = path.format(**places)
    if method == "GET":
        answer = client.get(address)
    elif path.startswith("/api"):
        answer = client.request(method, address, json=row.send)
    else:
        answer = client.post(address, data={**row.send, "form_token": client.headers.get("X-CSRF-Token", "")})
    # The page names the address asked for in its own links; what is left must not differ.
    body = answer.text
    for value in places.values():
        body = body.replace(value, "…")
    body = re.sub(r'value="[0-9a-f]{64}"', "", body)
    return answer.status_code, answer.headers.get("location", ""), body


def test_every_route_stands_in_the_table(app: FastAPI) -> None:
    documented = {(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods}
    assert documented == {key for key in ROUTES if key[1].startswith("/api")}
    assert sorted(routes(app)) == sorted(ROUTES)


@pytest.mark.slow
@pytest.mark.parametrize("login", [None, *EVERYONE])
def test_every_route_answers_each_role_as_the_table_says(
    log_in: LogIn, world: World, app: FastAPI, login: str | None
) -> None:
    asked, who = 0, login or "anonymous"
    client = new_client(app) if login is None else log_in(login)
    for (method, path), row in ROUTES.items():
        # Nobody gets more than so many "there is nothing here" in a minute.
        world.clock.forward(seconds=5)
        if login is not None and path in ENDS_SESSIONS:
            client = log_in(login)
        for exists in (True, False) if "{" in path else (True,):
            world.clock.forward(seconds=2)  # so that the answers "nothing here" are not taken for guesses
            places = world.places(login or "quan", path, exists=exists)
            got, location, _body = ask(client, method, path, places, row)
            asked += 1
            where = f"{who} {method} {path} {exists}"
            if who in row.who:
                status = row.status if exists else row.without
                assert got == status or ((method, path) == ("GET", "/login") and login is None), where
            elif login is None:
                assert got == (401 if path.startswith("/api") else 303), where
                assert path.startswith("/api") or location.startswith("/login"), where
            else:
                assert got == (404 if login in world.released else 403), where
    assert asked > 100


@pytest.mark.parametrize("login", ["sato", "tanaka"])
def test_what_belongs_to_others_is_answered_like_what_does_not_exist(log_in: LogIn, world: World, login: str) -> None:
    client = log_in(login)
    other = world.released["tanaka" if login == "sato" else "sato"]
    unreleased = world.fresh[0]
    compared = 0
    for (method, path), row in ROUTES.items():
        if "{hit_id}" not in path:
            continue
        rest = {name: NOTHING[name] for name in re.findall(r"\{(\w+)\}", path)}
        nothing = ask(client, method, path, rest, row)
        for hit_id in (other, unreleased):
            assert ask(client, method, path, {**rest, "hit_id": hit_id}, row) == nothing, path
            compared += 1
    assert compared > 10


def test_an_account_reaches_no_session_token_or_passkey_of_another(log_in: LogIn, world: World) -> None:
    client = log_in("hanh")
    for (method, path), row in ROUTES.items():
        if "/me/" in path and "{" in path:
            places = world.places("minh", path)
            assert ask(client, method, path, places, row)[0] == 404, path
            assert ask(log_in("minh"), method, path, places, row)[0] == row.status, path


def dump(path: Path) -> str:
    """Return a digest of everything kept, but for what a mere request may touch."""
    with closing(sqlite3.connect(path)) as kept, closing(sqlite3.connect(":memory:")) as copy:
        kept.backup(copy)
        # The search index holds nothing of its own, and cannot be read row by row.
        copy.execute("DROP TABLE hit_words")
        lines = [line for line in copy.iterdump() if "INSERT INTO sessions" not in line.replace('"', "")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@pytest.mark.slow
def test_a_change_without_the_sessions_token_or_from_another_site_changes_nothing(
    log_in: LogIn, world: World, tmp_path: Path
) -> None:
    client = log_in("quan")
    kept = {key: world.places("quan", key[1]) for key in ROUTES if key[0] != "GET"}
    before, refused = dump(tmp_path / "markwatch.db"), 0
    token = client.headers.pop("X-CSRF-Token")
    for (method, path), row in ROUTES.items():
        # A mail's link is its own authority, and nobody who has it has a session.
        if method == "GET" or path == "/api/v1/session" or path.startswith("/m/"):
            continue
        address = path.format(**kept[method, path])
        sent: dict[str, Any] = {"json": row.send} if path.startswith("/api") else {"data": row.send}
        for headers, more in (
            ({}, {}),
            ({"X-CSRF-Token": "0" * 64}, {"form_token": "0" * 64}),
            ({"X-CSRF-Token": token, "Origin": "https://evil.test"}, {"form_token": token}),
            ({"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}, {"form_token": token}),
        ):
            data = dict(sent) if path.startswith("/api") else {"data": {**row.send, **more}}
            answer = client.request(method, address, headers=headers, **data)
            assert answer.status_code == 403, f"{method} {path} {headers}"
            refused += 1
        if ("GET", path) not in ROUTES:
            assert client.get(address).status_code in {404, 405}, path
    assert dump(tmp_path / "markwatch.db") == before
    assert refused > 100


@pytest.mark.slow
def test_a_brand_viewers_answers_do_not_change_with_another_brands_data(
    log_in: LogIn, world: World, database: Database, clock: Clock
) -> None:
    client = log_in("sato")
    mine = world.released["sato"]
    pages = ("", "?view=all", "?sort=newest", "?brand=TAKUMA", "?text=takuma", "?view=all&limit=200")
    addresses = [f"{path}{query}" for path in ("/review", "/api/v1/hits") for query in pages]
    addresses += [f"/hits/{mine}", f"/api/v1/hits/{mine}", "/me"]

    def answers() -> list[str]:
        return [client.get(address).text for address in addresses]

    before = answers()
    assert all(len(text) > 10 for text in before)
    ids: list[str] = []
    for number in range(200 if IS_LONG else 12):
        one = replace(spare(number, "Takuma"), score=0.3 + number % 7 / 10)
        store(database, [one])
        ids.append(hit_id_of(one.key))
        with database.write() as session:
            try:
                if number % 3 == 0:
                    record_decision(
                        session, ids[number // 2], 1, "violation", "counterfeit", "minh", clock() - timedelta(hours=1)
                    )
                elif number % 3 == 1:
                    undo_decision(session, ids[(number - 1) // 2], "minh", clock() - timedelta(minutes=55))
            except (Conflict, NotFound):
                pass
        if number % 4 == 3:
            assert answers() == before


def test_guessing_ids_ends_in_a_refusal(log_in: LogIn) -> None:
    client = log_in("hanh")
    answers = [client.get(f"/api/v1/hits/{number:026}").status_code for number in range(62)]
    assert answers[:60] == [404] * 60
    assert answers[60:] == [429] * 2
    assert client.get("/review").status_code == 200


def test_a_field_that_a_form_does_not_have_changes_nothing(log_in: LogIn) -> None:
    client = log_in("hanh")
    extra = {
        "role": "administrator",
        "brands": "TAKUMA",
        "login": "quan",
        "active": "1",
        "email": "x@evil.test",
        "is_admin": "1",
    }
    data = {"name": "Hanh", "language": "vi", "form_token": client.headers["X-CSRF-Token"], **extra}
    assert client.post("/me", data=data).status_code == 303
    account = client.get("/api/v1/me").json()
    assert (account["role"], account["login"], account["email"]) == ("reviewer", "hanh", None)
    refused = client.patch("/api/v1/me", json={"name": "Hanh", "language": "vi", "role": "administrator"})
    assert refused.status_code == 422
