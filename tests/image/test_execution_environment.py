# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-builder finds what the collection needs, the plugins need nothing else, and all that the region's image would hold can be had."""

from __future__ import annotations

import ast
import json
import pathlib
import shutil
import subprocess
import sys

import pytest
import yaml

COLLECTION = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(sys.executable).parent
REGION = COLLECTION / "examples" / "region"
DEPENDENCIES = yaml.safe_load((REGION / "execution-environment.yml").read_text())["dependencies"]
# What every controller has: ansible-core, and what it brings.
BROUGHT_ALONG = {"ansible", "ansible_collections", "jinja2", "markupsafe", "packaging", "yaml"}

if not (PROGRAMS / "ansible-builder").exists():
    pytest.skip("ansible-builder is not installed beside this Python; make setup does it", allow_module_level=True)


def _run(*command: str | pathlib.Path) -> str:
    done = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _builder(*arguments: str | pathlib.Path) -> str:
    return _run(PROGRAMS / "ansible-builder", *arguments)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What ansible-builder puts into an image for the collection: Python and system requirements."""
    collections = tmp_path_factory.mktemp("collections")
    (collections / "ansible_collections" / "k12").mkdir(parents=True)
    (collections / "ansible_collections" / "k12" / "sif").symlink_to(COLLECTION)
    return yaml.safe_load(_builder("introspect", collections))


def _without_comment(entries):
    return [entry.partition("#")[0].strip() for entry in entries]


def test_builder_finds_what_the_collection_needs(found):
    assert _without_comment(found["python"]) == ["cryptography>=42.0"]
    assert _without_comment(found["system"]) == ["openssh-client [platform:dpkg]", "openssh-clients [platform:rpm]"]


def test_the_python_packages_can_be_had_together(found, tmp_path):
    """As if nothing were installed; what needs a compiler (Kerberos) says what it needs itself, too."""
    wanted = _without_comment(found["python"]) + DEPENDENCIES["python"]
    wanted += [DEPENDENCIES[part]["package_pip"] for part in ("ansible_core", "ansible_runner")]
    requirements, report = tmp_path / "requirements.txt", tmp_path / "report.json"
    requirements.write_text("\n".join(wanted))
    _run(sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--report", report, "--requirement", requirements)
    packages = {item["metadata"]["name"].lower() for item in json.loads(report.read_text())["install"]}
    assert {"ansible-core", "ansible-runner", "cryptography", "pypsrp", "gssapi", "krb5"} <= packages


@pytest.fixture
def apt(tmp_path):
    """apt with lists of packages of its own, fetched now; what is installed on this machine does not matter."""
    if not shutil.which("apt-get"):
        pytest.skip("there is no apt-get here to ask")
    lists = tmp_path / "lists"
    (lists / "partial").mkdir(parents=True)
    options = ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={tmp_path}", "-o", "APT::Sandbox::User="]
    _run("apt-get", *options, "update")
    return lambda *arguments: _run("apt-cache", *options, *arguments)


def test_the_system_packages_are_there_in_debian(found, tmp_path, apt):
    """Those for rpm, which the region's base image has, cannot be looked up without such a system."""
    wanted = tmp_path / "bindep.txt"
    wanted.write_text("\n".join(_without_comment(found["system"]) + DEPENDENCIES["system"]))
    packages = _run(PROGRAMS / "bindep", "--file", wanted, "--list_all", "newline").split()
    assert packages == ["openssh-client"]
    for package in packages:
        assert apt("madison", package), f"no package source of this machine has {package}"


def test_plugins_import_nothing_else(found):
    listed = {entry.partition(">")[0] for entry in _without_comment(found["python"])}
    imported = {}
    for path in (COLLECTION / "plugins").rglob("*.py"):
        if {"modules", "module_utils"} & set(path.parts):
            continue  # these run on the hosts
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            imported.update({name.partition(".")[0]: path.name for name in names})
    third_party = set(imported) - set(sys.stdlib_module_names) - BROUGHT_ALONG
    assert third_party == listed, {name: imported[name] for name in third_party if name in imported}


def test_a_context_can_be_made_for_the_region(tmp_path):
    # The default of the name depends on whether podman is installed.
    name = ("--output-filename", "Containerfile")
    _builder("create", "--file", REGION / "execution-environment.yml", "--context", tmp_path / "context", *name)
    build = tmp_path / "context" / "_build"
    assert " AS final" in (tmp_path / "context" / "Containerfile").read_text()
    collections = yaml.safe_load((build / "requirements.yml").read_text())["collections"]
    assert [item["name"] for item in collections] == ["k12.sif", "ansible.windows"]
    assert "pypsrp[kerberos]" in (build / "requirements.txt").read_text()
    assert "krb5-devel [compile platform:rpm]" in (build / "bindep.txt").read_text()
