# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-builder finds what the collection needs, the plugins need nothing else, and the region's definition can be built from."""

from __future__ import annotations

import ast
import pathlib
import subprocess
import sys

import pytest
import yaml

COLLECTION = pathlib.Path(__file__).resolve().parents[3]
PROGRAMS = pathlib.Path(sys.executable).parent
REGION = COLLECTION / "examples" / "region"
# What every controller has: ansible-core, and what it brings.
BROUGHT_ALONG = {"ansible", "ansible_collections", "jinja2", "markupsafe", "packaging", "yaml"}

if not (PROGRAMS / "ansible-builder").exists():
    pytest.skip("ansible-builder is not installed beside this Python; make setup does it", allow_module_level=True)


def _builder(*arguments: str) -> str:
    done = subprocess.run([str(PROGRAMS / "ansible-builder"), *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What ansible-builder puts into an image for the collection: Python and system requirements."""
    collections = tmp_path_factory.mktemp("collections")
    (collections / "ansible_collections" / "k12").mkdir(parents=True)
    (collections / "ansible_collections" / "k12" / "sif").symlink_to(COLLECTION)
    return yaml.safe_load(_builder("introspect", str(collections)))


def _without_comment(entries):
    return [entry.partition("#")[0].strip() for entry in entries]


def test_builder_finds_what_the_collection_needs(found):
    assert _without_comment(found["python"]) == ["cryptography>=42.0"]
    assert _without_comment(found["system"]) == ["openssh-client [platform:dpkg]", "openssh-clients [platform:rpm]"]


def test_the_python_requirements_resolve(found, tmp_path):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("\n".join(_without_comment(found["python"])))
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "--requirement", str(requirements)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


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
    definition = REGION / "execution-environment.yml"
    # Its default depends on whether podman is installed.
    name = ("--output-filename", "Containerfile")
    _builder("create", "--file", str(definition), "--context", str(tmp_path / "context"), *name)
    build = tmp_path / "context" / "_build"
    assert " AS final" in (tmp_path / "context" / "Containerfile").read_text()
    collections = yaml.safe_load((build / "requirements.yml").read_text())["collections"]
    assert [item["name"] for item in collections] == ["k12.sif", "ansible.windows"]
    assert "pypsrp[kerberos]" in (build / "requirements.txt").read_text()
    assert "krb5-devel [compile platform:rpm]" in (build / "bindep.txt").read_text()
