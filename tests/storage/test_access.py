"""The register's rows on both kinds of database."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.access import end_grants, load_grants, load_host_rests, load_open_ways, record_grant, record_host_rest
from storage.database import Database
from storage.errors import NotFound

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_grant_opens_its_way_within_its_time_only(database: Database) -> None:
    with database.write() as session:
        grant = record_grant(session, "tiki_vn", "pages", "a letter", NOW + DAY, "lan", NOW)
        record_grant(session, "shopee_vn", "pages", "a letter", NOW + DAY, "lan", NOW)
    with database.read() as session:
        assert load_grants(session, "tiki_vn") == (grant,)
        assert load_open_ways(session, "tiki_vn", NOW) == {"pages"}
        assert load_open_ways(session, "tiki_vn", NOW + DAY) == frozenset()
        assert load_open_ways(session, "lazada_vn", NOW) == frozenset()


def test_an_ended_grant_stays_on_record(database: Database) -> None:
    with database.write() as session:
        record_grant(session, "tiki_vn", "pages", "a letter", NOW + DAY, "lan", NOW)
        end_grants(session, "tiki_vn", "pages", "withdrawn", "an", NOW + DAY / 2)
    with database.read() as session:
        (grant,) = load_grants(session)
        assert (grant.ended_by, grant.end_reason, grant.ended_at) == ("an", "withdrawn", NOW + DAY / 2)
        assert load_open_ways(session, "tiki_vn", NOW + DAY / 2) == frozenset()
    with database.write() as session, pytest.raises(NotFound, match="no record opens the way pages into tiki_vn"):
        end_grants(session, "tiki_vn", "pages", "again", "an", NOW)


def test_a_longer_rest_stays(database: Database) -> None:
    with database.write() as session:
        record_host_rest(session, "tiki_vn", "tiki.vn", "captcha", None, NOW, NOW + DAY)
        record_host_rest(session, "tiki_vn", "tiki.vn", "later", None, NOW, NOW + DAY / 2)
    with database.read() as session:
        assert [rest.sign for rest in load_host_rests(session, NOW)] == ["captcha"]
        assert load_host_rests(session, NOW + DAY) == ()
