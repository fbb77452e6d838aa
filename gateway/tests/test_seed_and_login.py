"""The demo's principals, the credentials written for people, and the login of the command line."""

import argparse
import asyncio
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway import keys, principals, seed
from gateway.identity.errors import UnknownPrincipal
from gateway.identity.queries import grants_of, principal_named
from gateway.identity.roles import scopes_by_role
from gateway.login import NotHere, login, main
from gateway.settings import Settings
from shared.db import Database
from shared.keyfiles import InsecureKeys
from shared.security import SCOPES
from tests.gateway_house import House

NOW = datetime(2026, 11, 20, tzinfo=UTC)


async def test_seeding_twice_keeps_subjects_and_secrets(database: Database) -> None:
    first = await seed.seed_demo(database, public_url="http://x", now=NOW)
    second = await seed.seed_demo(database, public_url="http://x", now=NOW, known=first)
    assert first == second
    assert first["token_url"] == "http://x/oauth/token"
    assert (first["client_id"], first["client_secret"]) == (
        "chumchon-admin",
        first["clients"][0]["client_secret"],
    )
    third = await seed.seed_demo(database, public_url="http://x", now=NOW)
    assert third["client_secret"] != first["client_secret"]
    assert third["users"] == first["users"]


def test_credentials_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "demo-credentials.json"
    assert seed.read(path) is None
    seed.write(path, {"token_url": "ก"})
    assert seed.read(path) == {"token_url": "ก"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_roles_name_only_scopes_that_exist() -> None:
    for role, scopes in scopes_by_role().items():
        assert scopes <= set(SCOPES), role
    assert scopes_by_role()["system"] == set(SCOPES)


def test_who_writes_cases_does_not_approve_them() -> None:
    for role, scopes in scopes_by_role().items():
        assert role == "system" or not {"cases:write", "cases:approve"} <= scopes


def test_officers_send_old_books_and_survey_debtors_and_post_nothing_to_books_by_hand() -> None:
    may = scopes_by_role()
    senders = {role for role in may if "imports:write" in may[role]} - {"system"}
    keepers = {"fund_committee", "fund_working_group"}
    assert senders == {"district", "tambon_officer"} | keepers
    surveyors = {role for role in may if "debtors:write" in may[role]} - {"system"}
    assert surveyors == senders
    assert {role for role in may if "ledgers:write" in may[role]} - {"system"} == keepers
    assert "loans:write" not in may["district"]


def test_an_auditor_takes_every_list_away_changes_nothing_and_sees_persons_masked() -> None:
    reads = {scope for scope in SCOPES if scope.endswith(":read")} - {"pii:read"}
    assert scopes_by_role()["auditor"] == reads | {"export"}


async def test_a_demo_user_logs_in_by_the_command_line(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = house.settings
    lines = {
        "ENVIRONMENT": settings.environment,
        "DATABASE_URL": settings.database_url,
        "SERVICES": ",".join(f"{name}={url}" for name, url in settings.services.items()),
        "SECRETS_FOLDER": settings.secrets_folder,
        "PUBLIC_URL": settings.public_url,
    }
    file = tmp_path / "gateway.env"
    file.write_text("".join(f"CHUMCHON_GATEWAY_{name}={value}\n" for name, value in lines.items()))
    await asyncio.to_thread(main, ["--user", "district3415", "--env-file", str(file)])
    token = capsys.readouterr().out.strip().splitlines()[-1]
    known = await house.app.state.exchange.enter(b"Bearer " + token.encode())
    assert (known.areas, known.roles) == (("3415",), ("district",))
    with pytest.raises(SystemExit, match="there is no user 'nobody'"):
        await asyncio.to_thread(main, ["--user", "nobody", "--env-file", str(file)])


def test_a_login_while_the_system_is_down_says_so(tmp_path: Path) -> None:
    keys.ensure(tmp_path)
    values = f"ENVIRONMENT=test SECRETS_FOLDER={tmp_path} SERVICES=funds=http://127.0.0.1:1"
    values += " DATABASE_URL=postgresql://x:y@127.0.0.1:1/z"
    file = tmp_path / "gateway.env"
    file.write_text("".join(f"CHUMCHON_GATEWAY_{line}\n" for line in values.split()))
    with pytest.raises(SystemExit, match="is the system running"):
        main(["--user", "district3415", "--env-file", str(file)])


async def test_a_client_is_made_changed_and_switched_off_from_the_command_line(database: Database) -> None:
    def asked(*words: str) -> argparse.Namespace:
        return principals.parser().parse_args(words)

    async def holds() -> tuple[tuple[str, str], ...]:
        async with database.read() as session:
            row = await principal_named(session, name="portal", kind="client")
            assert row is not None
            grants = await grants_of(session, principal_id=row.id)
            assert grants is not None
            return grants.held

    secret = await principals.keep(
        database, asked("client", "portal", "--label", "Portal", "--grant", "partner")
    )
    assert secret
    assert len(secret) == 43
    assert await holds() == (("partner", ""),)
    again = asked("client", "portal", "--label", "Portal", "--grant", "feed:34", "--grant", "feed:3510")
    assert await principals.keep(database, again) is None
    assert await holds() == (("feed", "34"), ("feed", "3510"))
    with pytest.raises(ValueError, match="there is no role"):
        await principals.keep(database, asked("client", "portal", "--label", "x", "--grant", "emperor"))
    with pytest.raises(UnknownPrincipal):
        await principals.keep(database, asked("user", "portal", "--label", "x"))
    await principals.keep(database, asked("off", "portal"))
    with pytest.raises(UnknownPrincipal):
        await principals.keep(database, asked("off", "portal"))
    async with database.read() as session:
        actions = (await session.execute(text("SELECT action, actor FROM audit ORDER BY position"))).all()
    assert [tuple(row) for row in actions] == [
        ("grant.change", "command-line"),
        ("grant.change", "command-line"),
        ("principal.switch_off", "command-line"),
    ]


@pytest.mark.parametrize("grant", ["", "partner:3", "partner:341501011", "Partner", "partner:34x"])
def test_a_grant_that_is_none_is_refused(grant: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the text is the refused grant itself
        principals.grant(grant)
    assert str(refused.value) == grant


async def test_clients_do_not_log_in_as_users(house: House) -> None:
    with pytest.raises(UnknownPrincipal):
        await login(house.settings, house.database, user="demo-portal", now=NOW)


async def test_there_is_no_login_without_a_password_in_production(house: House) -> None:
    settings = house.settings.model_copy(update={"environment": "production"})
    with pytest.raises(NotHere):
        await login(settings, house.database, user="department", now=NOW)


def test_keys_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    keys.ensure(tmp_path)
    first = keys.internal_jwks(tmp_path)
    keys.ensure(tmp_path)
    assert keys.internal_jwks(tmp_path) == first
    assert keys.load(tmp_path).access.kid != keys.load(tmp_path).internal.kid
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_gateway_without_its_keys_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(InsecureKeys, match="access-token"):
        keys.load(tmp_path)
    keys.ensure(tmp_path)
    (tmp_path / "internal-token.jwk").chmod(0o644)
    with pytest.raises(InsecureKeys, match="chmod 600"):
        keys.load(tmp_path)
    (tmp_path / "internal-token.jwk").chmod(0o600)
    (tmp_path / "internal-token.jwk").write_text("{}")
    with pytest.raises(InsecureKeys, match="is not a signing key"):
        keys.load(tmp_path)


@pytest.mark.parametrize("services", ["funds=ftp://x", "funds", "a b=http://x"])
def test_settings_refuse_a_service_without_an_address(services: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not name a service"):
        Settings(database_url="postgresql://x", services=services, secrets_folder=tmp_path)


def test_settings_read_services_as_pairs(tmp_path: Path) -> None:
    settings = Settings(
        database_url="postgresql://x",
        services="funds=http://127.0.0.1:1/, otop=http://127.0.0.1:2",
        secrets_folder=tmp_path,
    )
    assert settings.services == {"funds": "http://127.0.0.1:1", "otop": "http://127.0.0.1:2"}
