# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Java a service starts and which store that reads: what the host is asked, and that no image path stops a run."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.action.agent_cfg_info import ActionModule as agent_cfg_info
from ansible_collections.k12.sif.plugins.action.restore_point import ActionModule as restore_point
from ansible_collections.k12.sif.plugins.filter.service_java import service_java
from conftest import AGENT, CONFIG, JRE

ASKED = ["win_powershell", "win_service_info"]
IMAGES = {
    f'"{JRE}\\bin\\java.exe" -Dx=y -jar a.jar': (JRE, []),
    f'"{AGENT}\\agent.exe"': (JRE, ["slurp"]),
    f'"{AGENT}\\bin\\agent.exe" //RS//SIF': (JRE, []),
    "\\??\\" + f"{AGENT}\\agent.exe": (JRE, ["slurp"]),
    "%ProgramFiles(x86)%\\PowerSchool\\SIF Agent\\agent.exe": (JRE, ["win_powershell", "slurp"]),
    "%Nowhere%\\agent.exe": (None, ["win_powershell"]),
    "system32\\agent.exe": (None, []),
    "agent.exe -x": (None, []),
    "": (None, []),
    f'"{AGENT}\\bin\\wrapper.exe" ..\\conf\\wrapper.conf': (JRE, ["slurp", "win_powershell"]),
    f'"{AGENT}\\winsw.exe" "{AGENT}\\winsw.xml"': (JRE, ["slurp"]),
    # Wrappers without their file.
    f'"{AGENT}\\bin\\wrapper.exe" ..\\conf\\other.conf': (JRE, ["slurp"]),
}


@pytest.fixture
def host(windows):
    windows.place(f"{AGENT}\\conf\\wrapper.conf").write_bytes("#encoding=windows-1252\n# für\nwrapper.java.command=%JHOME%\\bin\\java".encode("cp1252"))
    windows.place(f"{AGENT}\\winsw.xml").write_text("<service><executable>%BASE%\\jre\\bin\\java</executable></service>")
    windows.tree.change(environment={"ProgramFiles(x86)": "C:\\Program Files (x86)", "JHome": JRE})
    return windows


def listed(windows, direct, path):
    windows.tree.change(services={"SIF Agent": {"path": path, "state": "started"}})
    return direct.run(restore_point, directory=f"{AGENT}\\restore-points", service="SIF Agent", state="listed")


@pytest.mark.parametrize("path", IMAGES)
def test_any_image_path_is_read_in_as_few_questions_as_it_needs(host, direct, path):
    home, asked = IMAGES[path]
    told = listed(host, direct, path)
    assert told["agent_runs"] is True, told
    assert service_java(told["unit"])["java_home"] == home
    assert host.trips() == ASKED + asked


def test_passwords_stay_on_the_host(host, direct):
    """What says where a store is does not."""
    secret, option = "s3cret word", "-Djavax.net.ssl.trustStore"
    shown = listed(host, direct, f'"{JRE}\\bin\\java.exe" {option}Password="{secret}" {option}="C:\\a b\\x.ks" a.Main')["unit"]
    assert secret not in str(shown)
    assert service_java(shown)["system_properties"]["javax.net.ssl.trustStore"] == "C:\\a b\\x.ks"
    text = f'set.PASSWORD={secret}\nwrapper.java.additional.1={option}Password="{secret}"\nwrapper.java.additional.2="-Dx.secret={secret}"\nset.A=b'
    host.place(f"{AGENT}\\conf\\wrapper.conf").write_text(text)
    shown = listed(host, direct, f'"{AGENT}\\bin\\wrapper.exe" ..\\conf\\wrapper.conf')["unit"]
    assert "s3cret" not in str(shown) and " word" not in str(shown)
    assert shown["wrapper"]["variables"]["a"] == "b"


def test_a_wrapper_file_that_cannot_be_read_does_not_stop_the_status(host, direct):
    host.tree.change(locked=[f"{AGENT}\\conf\\wrapper.conf"])
    told = listed(host, direct, f'"{AGENT}\\bin\\wrapper.exe" ..\\conf\\wrapper.conf')
    java = service_java(told["unit"])
    assert told["agent_runs"] is True and java["java_home"] is None
    assert "wrapper.conf could not be read" in java["unknown"] and "Remedy" in java["unknown"]


@pytest.mark.parametrize(
    "there, expected",
    [
        (["lib\\security\\cacerts"], "lib\\security\\cacerts"),
        (["LIB\\Security\\CACERTS", "lib\\security\\jssecacerts"], "lib\\security\\jssecacerts"),
        (["jre\\lib\\security\\cacerts"], "jre\\lib\\security\\cacerts"),
        ([], None),
    ],
    ids=["jre", "jssecacerts", "jdk 8", "neither"],
)
def test_own_store_of_the_jvm_is_found_by_one_question(host, direct, there, expected):
    text = host.place(CONFIG).read_bytes().replace(b"http://", b"https://")
    host.place(CONFIG).write_bytes(text)
    for name in there:
        host.place(f"{JRE}\\{name}").touch()
    stores = direct.run(agent_cfg_info, path=CONFIG, java_home=JRE)["trust_stores"]
    asked = [store for store in stores if store["source"] == "cacerts of the JVM"]
    assert asked and {store["path"] for store in asked} == {expected and f"{JRE}\\{expected}"}, stores
    assert host.trips() == ["slurp", "win_find"]
