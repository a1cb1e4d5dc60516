# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook awx_setup, with the real modules of awx.awx, against an API like that of AWX; its data fit modules, roles and project."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest
import yaml
from awx_api import TOKEN, Awx
from lab import COLLECTION

PROGRAMS = pathlib.Path(sys.executable).parent
DATA = yaml.safe_load((COLLECTION / "playbooks" / "vars" / "awx.yml").read_text())
GIVEN = {
    "sif_awx_project_url": "https://git.example.org/districts.git",
    "sif_awx_image": "registry.example.org/sif-ee:1",
    "sif_awx_credentials": ["SIF servers", "SIF vault"],
}


def _documentation(module: str) -> dict:
    done = subprocess.run([str(PROGRAMS / "ansible-doc"), "--json", f"awx.awx.{module}"], check=False, capture_output=True, text=True)
    found = json.loads(done.stdout or "{}")
    assert found, f"the collection awx.awx is not there; tools/test-collections fetches it. {done.stderr}"
    return found[f"awx.awx.{module}"]["doc"]["options"]


@pytest.fixture(scope="module")
def nodes():
    return _documentation("workflow_job_template")["workflow_nodes"]["suboptions"]


@pytest.fixture
def awx():
    awx = Awx()
    yield awx
    awx.stop()


def _set_up(awx: Awx, directory: pathlib.Path, *options: str, **given) -> tuple[int, str, list[str]]:
    """Status, output and the tasks that changed something."""
    record = directory / "record.jsonl"
    record.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "CONTROLLER_HOST": awx.url,
        "CONTROLLER_OAUTH_TOKEN": TOKEN,
        "ANSIBLE_CALLBACK_PLUGINS": str(COLLECTION / "tests" / "functional" / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "recorder",
        "ANSIBLE_PIPELINING": "true",
        "K12_SIF_RECORD": str(record),
    }
    command = [str(PROGRAMS / "ansible-playbook"), "k12.sif.awx_setup", "-e", json.dumps(given), *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=directory)
    results = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    return done.returncode, done.stdout + done.stderr, [item["task"] for item in results if item["status"] == "changed"]


def test_everything_is_created_once(awx, nodes, tmp_path):
    status, output, _changed = _set_up(awx, tmp_path, **GIVEN)
    assert status == 0, output
    store = awx.store
    assert not store.refused
    templates, workflows = store.named("job_templates"), store.named("workflow_job_templates")
    assert set(templates) == {item["name"] for item in DATA["sif_awx_job_templates"]}
    assert set(workflows) == {item["name"] for item in DATA["sif_awx_workflows"]}
    (source,) = store.objects["inventory_sources"].values()
    assert (source["source"], source["source_path"], source["overwrite"]) == ("scm", "inventory/districts.yml", True)
    (image,) = store.objects["execution_environments"].values()
    for template in templates.values():
        assert template["execution_environment"] == image["id"]
        assert len(store.below[f"job_templates/{template['id']}/credentials"]) == 2
    rollover = workflows["SIF rollover with approval"]
    assert store.below[f"workflow_job_templates/{rollover['id']}/survey_spec"]["spec"][0]["variable"] == "sif_rollover_year"
    assert _path(store, rollover) == ["look", "approve", "rollover", "verify"]

    # Once more, with one of each kind to take less time.
    before = store.snapshot()
    template, workflow = DATA["sif_awx_job_templates"][-1], DATA["sif_awx_workflows"][0]
    status, output, changed = _set_up(awx, tmp_path, **GIVEN, sif_awx_job_templates=[template], sif_awx_workflows=[workflow])
    assert status == 0, output
    assert store.snapshot() == before
    # awx.awx.workflow_job_template says so of every approval node.
    assert set(changed) <= {"Create the workflows"}


def _path(store, workflow) -> list[str]:
    """The nodes of a workflow in the order in which they run."""
    found = {number: node for number, node in store.objects["workflow_job_template_nodes"].items() if node["workflow_job_template"] == workflow["id"]}
    after = {
        number: store.below.get(f"workflow_job_template_nodes/{number}/{kind}", [])
        for number in found
        for kind in ("success_nodes", "always_nodes")
        if store.below.get(f"workflow_job_template_nodes/{number}/{kind}")
    }
    (number,) = set(found) - {following for numbers in after.values() for following in numbers}
    path = [found[number]["identifier"]]
    while number in after:
        (number,) = after[number]
        path.append(found[number]["identifier"])
    return path


@pytest.mark.parametrize("missing", ["sif_awx_project_url", "sif_awx_image"])
def test_what_is_missing_is_named_and_nothing_is_created(awx, nodes, tmp_path, missing):
    before = awx.store.snapshot()
    status, output, _changed = _set_up(awx, tmp_path, **{name: value for name, value in GIVEN.items() if name != missing})
    assert status != 0
    assert f"{missing} is not set. Remedy: set it to the " in " ".join(output.split())
    assert awx.store.snapshot() == before


def test_the_data_use_only_options_that_the_modules_have(nodes):
    job_template, workflow = _documentation("job_template"), _documentation("workflow_job_template")
    for item in DATA["sif_awx_job_templates"]:
        assert set(item) <= set(job_template)
    for item in DATA["sif_awx_workflows"]:
        assert set(item) <= set(workflow)
        for node in item["workflow_nodes"]:
            assert set(node) <= set(nodes)
            assert set(node["unified_job_template"]) <= set(nodes["unified_job_template"]["suboptions"])
            assert set(node.get("related", {})) <= set(nodes["related"]["suboptions"])


def test_workflows_run_job_templates_that_are_there():
    names = {item["name"] for item in DATA["sif_awx_job_templates"]}
    for item in DATA["sif_awx_workflows"]:
        used = {node["unified_job_template"]["name"] for node in item["workflow_nodes"] if node["unified_job_template"]["type"] == "job_template"}
        assert used <= names


def test_the_playbooks_are_those_of_the_region_and_of_the_collection():
    for item in DATA["sif_awx_job_templates"]:
        (play,) = yaml.safe_load((COLLECTION / "examples" / "region" / item["playbook"]).read_text())
        assert play["ansible.builtin.import_playbook"] == f"k12.sif.{pathlib.Path(item['playbook']).stem}"
        assert (COLLECTION / "playbooks" / item["playbook"]).exists()


def test_surveys_ask_for_variables_that_exist():
    texts = [path.read_text() for path in [*(COLLECTION / "playbooks").glob("*.yml"), *(COLLECTION / "roles").glob("*/meta/argument_specs.yml")]]
    specs = [item["survey_spec"] for item in DATA["sif_awx_job_templates"] if isinstance(item.get("survey_spec"), dict)]
    variables = {question["variable"] for spec in [*specs, DATA["sif_awx_school_year_survey"]] for question in spec["spec"]}
    assert variables == {"sif_rollover_year", "sif_agent_rollback_list"}
    for variable in variables:
        assert any(variable in text for text in texts), variable
