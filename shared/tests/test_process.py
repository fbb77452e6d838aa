"""The one entry of every process: its words, its secrets."""

import os
from pathlib import Path

import pytest

from shared import process


def test_secrets_come_from_files_unless_the_environment_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "chumchon_funds_database_url").write_text("postgresql://from-file/\n")
    (tmp_path / "chumchon_funds_amqp_url").write_text("amqp://from-file/")
    (tmp_path / "something_else").write_text("not ours")
    monkeypatch.setenv("CHUMCHON_FUNDS_AMQP_URL", "amqp://from-environment/")
    monkeypatch.delenv("CHUMCHON_FUNDS_DATABASE_URL", raising=False)
    process.read_secret_files(tmp_path)
    assert os.environ["CHUMCHON_FUNDS_DATABASE_URL"] == "postgresql://from-file/"
    assert os.environ["CHUMCHON_FUNDS_AMQP_URL"] == "amqp://from-environment/"
    assert "SOMETHING_ELSE" not in os.environ
    monkeypatch.delenv("CHUMCHON_FUNDS_DATABASE_URL")


def test_a_folder_of_secrets_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    process.read_secret_files(tmp_path / "none")


@pytest.mark.parametrize(
    "words",
    [[], ["funds"], ["funds", "serve"], ["funds", "api"], ["funds", "api", "8000"], ["funds", "keys", "api"]],
)
def test_other_words_are_answered_with_the_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        process.main(words)
    assert ended.value.code not in {0, None}


def test_the_health_check_of_a_dead_process_fails() -> None:
    with pytest.raises(SystemExit) as ended:
        process.main(["check", "127.0.0.1:1"])
    assert ended.value.code == 1
