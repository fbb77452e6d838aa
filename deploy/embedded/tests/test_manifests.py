"""The container files, judged offline: no engine and no cluster is at hand."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import compose_spec
import kubernetes_validate  # type: ignore[import-untyped]  # ships no types
import pytest
import yaml

from embedded import containers

ROOT = Path(__file__).resolve().parents[3]
SERVICES = ("households", "funds", "otop", "tourism")
MANIFESTS = sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))


@pytest.fixture
def compose() -> dict[str, Any]:
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (ROOT / "docker-compose.yml").read_text())
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def manifests(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text()))


def test_the_compose_file_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    parsed = compose_spec.PyCompose.from_json(json.dumps(compose))
    assert set(parsed.service_names()) >= {"postgres", "rabbitmq", "gateway"}


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_a_migration_an_api_and_a_worker(compose: dict[str, Any], service: str) -> None:
    parts = compose["services"]
    assert parts[f"{service}-migrate"]["command"][-1] == "migrate"
    for role in ("api", "worker"):
        part = parts[f"{service}-{role}"]
        assert part["command"][:2] == [service, role]
        assert part["healthcheck"]["test"][:4] == ["CMD", "python", "-m", "shared.process"]
        assert part["depends_on"][f"{service}-migrate"] == {"condition": "service_completed_successfully"}


def test_every_secret_is_declared_used_and_a_file(compose: dict[str, Any]) -> None:
    used = {
        secret if isinstance(secret, str) else secret["source"]
        for part in compose["services"].values()
        for secret in part.get("secrets", [])
    }
    assert used == set(compose["secrets"])
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())


def test_only_migrations_know_an_owner_or_the_administrator(compose: dict[str, Any]) -> None:
    for name, part in compose["services"].items():
        powerful = [secret for secret in part.get("secrets", []) if "owner" in secret or "admin" in secret]
        assert bool(powerful) == name.endswith("-migrate"), name


def test_no_compose_service_names_a_password(compose: dict[str, Any]) -> None:
    for name, part in compose["services"].items():
        for key in part.get("environment", {}):
            assert "PASSWORD" not in key or key.endswith("_FILE"), name


def test_images_of_others_have_a_version(compose: dict[str, Any]) -> None:
    for part in compose["services"].values():
        if "build" not in part:
            assert re.search(r":\d", part["image"]), part["image"]


def test_the_dockerfile_passes_its_linter() -> None:
    tool = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [tool, ROOT / "deploy/Dockerfile"], capture_output=True, text=True, check=False
    )  # fixed
    assert (done.returncode, done.stdout) == (0, "")


def test_the_build_context_holds_what_the_dockerfile_copies() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied: set[str] = set()
    for line in (ROOT / "deploy/Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            copied |= set(line.split()[1:-1])
    assert copied <= allowed
    assert all((ROOT / path).exists() for path in copied)


@pytest.mark.parametrize("path", [path for path in MANIFESTS if path.name != "kustomization.yaml"], ids=str)
def test_every_manifest_is_valid_kubernetes(path: Path) -> None:
    for manifest in manifests(path):
        kubernetes_validate.validate(manifest, "1.33", strict=True)


def test_the_kustomization_lists_every_manifest() -> None:
    listed = manifests(ROOT / "deploy/kubernetes/kustomization.yaml")[0]["resources"]
    assert sorted(listed) == [path.name for path in MANIFESTS if path.name != "kustomization.yaml"]


@pytest.mark.parametrize("service", SERVICES[1:])
def test_services_differ_only_by_name_and_keys(service: str) -> None:
    first = (ROOT / "deploy/kubernetes/households.yaml").read_text()
    first = re.sub(r"(cursor\.key), [^\]]*", r"\1", first)
    own = (ROOT / f"deploy/kubernetes/{service}.yaml").read_text()
    renamed = first.replace("households", service).replace("HOUSEHOLDS", service.upper())
    assert own == renamed


def test_no_container_in_the_cluster_has_more_rights_than_it_needs() -> None:
    containers = [
        container
        for path in MANIFESTS
        for manifest in manifests(path)
        if manifest["kind"] in {"Deployment", "Job"}
        for kind in ("initContainers", "containers")
        for container in manifest["spec"]["template"]["spec"].get(kind, [])
    ]
    assert len(containers) == 4 * 5 + 3
    for container in containers:
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"] is True
        assert context["capabilities"] == {"drop": ["ALL"]}


def test_every_autoscaler_points_to_a_deployment() -> None:
    every = [manifest for path in MANIFESTS for manifest in manifests(path)]
    deployments = {one["metadata"]["name"] for one in every if one["kind"] == "Deployment"}
    targets = [
        one["spec"]["scaleTargetRef"]["name"] for one in every if one["kind"] == "HorizontalPodAutoscaler"
    ]
    assert targets
    assert set(targets) <= deployments


def test_the_secrets_written_are_those_the_compose_file_names(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "secrets"
    for _ in range(2):
        containers.write(folder, postgres="postgres:5432", rabbitmq="rabbitmq:5672")
        texts = {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}
    assert set(texts) == {Path(secret["file"]).name for secret in compose["secrets"].values()}
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder / "gateway").iterdir())
    users = json.loads(texts["rabbitmq_definitions"])["users"]
    assert all(user["password_hash"] for user in users)


def test_secrets_written_again_stay_the_same(tmp_path: Path) -> None:
    containers.write(tmp_path / "one", postgres="postgres:5432", rabbitmq="rabbitmq:5672")
    before = {path: path.read_bytes() for path in (tmp_path / "one").rglob("*") if path.is_file()}
    containers.write(tmp_path / "one", postgres="postgres:5432", rabbitmq="rabbitmq:5672")
    assert {path: path.read_bytes() for path in (tmp_path / "one").rglob("*") if path.is_file()} == before
