# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles on a Windows host, each way an agent can be run there and each thing that a run can meet."""

from __future__ import annotations

from conftest import AGENT, CONFIG, JRE, STORE_PASSWORD, functional

CONNECT, VERIFY, ROLLBACK = "k12.sif.connect", "k12.sif.verify", "k12.sif.rollback"
OTHER_YEAR = {"sif_agent_school_year": "2025-2026"}
SYSTEM = "C:\\Windows\\System32"


def connect(tasks, school, *options, kill_after=0, **changes):
    return tasks.plays.run(CONNECT, {"ps": {**school.variables, **changes}}, *options, kill_after=kill_after)


def open_points(school):
    points = (school.agent.directory / "restore-points").glob("*/manifest.json")
    return [path for path in points if '"state": "open"' in path.read_text()]


def checks(result):
    facts = [item["result"].get("ansible_facts", {}) for item in result.results]
    report = next(fact["sif_agent_verify_result"] for fact in facts if "sif_agent_verify_result" in fact)
    return {check["name"]: check for check in report["checks"]}


def test_method_https_in_check_mode_shows_all_that_it_would_do(school, tasks):
    """The other beats, with stores that a Java of this machine can read, are in test_roles.py."""
    secrets = {"sif_agent_trust_store_password": "trust-s3cret", "sif_agent_key_store_password": "key-s3cret"}
    stores = {"sif_agent_trust_store": f"{AGENT}\\Kimono.ks", "sif_agent_key_store": "Agent.ks", "sif_agent_key_store_create": True}
    before = school.agent.checksums()
    check = connect(tasks, school, "--check", "--diff", sif_agent_method="HTTPS", sif_agent_directory=AGENT, **stores, **secrets)
    assert check.status == 0 and len(check.changed) == 3, check.output
    added = [line for line in check.output.splitlines() if line.startswith("+")]
    for words in (f'value="{AGENT}\\Kimono.ks"', functional.CANVAS, "kimono: CN=Kimono Lab CA", "a key store with a new private key"):
        assert any(words in line for line in added), (words, added)
    assert "s3cret" not in check.output
    assert school.agent.checksums() == before and school.seen() is None and not (school.agent.directory / "restore-points").exists()


def test_a_java_service_wrapper(school, tasks):
    """Its file names the Java by a variable, in a code page; the inventory names the store in other letters."""
    services = school.windows.tree.settings["services"]
    services["SIF Agent"]["path"] = f'"{AGENT}\\bin\\wrapper.exe" -s ..\\conf\\wrapper.conf'
    school.windows.tree.change(services=services)
    text = "#encoding=windows-1252\r\n# für\r\nset.OWN=jre\r\nwrapper.java.command=%OWN%\\bin\\java\r\nwrapper.working.dir=..\r\n"
    school.windows.place(f"{AGENT}\\conf\\wrapper.conf").write_bytes(text.encode("cp1252"))
    other = connect(tasks, school, sif_agent_trust_store=f"{AGENT}\\Trusted.ks")
    assert "but the agent reads" in other.failures[0] and "would have no effect" in other.failures[0], other.failures
    school.variables["sif_agent_trust_store"] = f"{JRE}/LIB/Security/CACERTS"
    first = connect(tasks, school)
    assert first.status == 0 and school.seen()["secure"] is True, first.output
    again = connect(tasks, school)
    assert (again.status, again.changed) == (0, []), again.output


PROGRAMS = {
    # As the task scheduler does, /Run returns before the agent is there.
    "schtasks.exe": "case $1 in /Run) (sleep 2; '{agent}/agentctl' start) >/dev/null 2>&1 & ;; /End) exec '{agent}/agentctl' stop ;; esac",
    "status.exe": "[ ! -e '{agent}/broken' ] || exit 1; exec '{agent}/agentctl' status",
}


def test_an_agent_of_a_scheduled_task(school, tasks):
    del school.variables["sif_agent_service"]
    for name, text in PROGRAMS.items():
        school.windows.place(f"{SYSTEM}\\{name}").write_text(text.format(agent=school.agent.directory))
    school.variables.update(
        sif_agent_java_home=JRE,
        sif_agent_start_command=[f"{SYSTEM}\\schtasks.exe", "/Run", "/TN", "SIF Agent"],
        sif_agent_stop_command=[f"{SYSTEM}\\schtasks.exe", "/End", "/TN", "SIF Agent"],
        sif_agent_status_command=[f"{SYSTEM}\\status.exe"],
    )
    first = connect(tasks, school)
    assert first.status == 0 and school.seen()["sleeping"] is False, first.output
    again = connect(tasks, school)
    assert (again.status, again.changed) == (0, []), again.output
    verified = tasks.plays.run(VERIFY, {"ps": school.variables})
    assert (verified.status, verified.failures) == (0, []), verified.output
    # PowerShell itself ends with 1 when something goes wrong: that must not be taken for an agent that does not run.
    (school.agent.directory / "broken").touch()
    before = school.agent.checksums()
    unknown = connect(tasks, school, **OTHER_YEAR)
    assert "status.exe ended with status 1" in unknown.failures[0] and "with 3 when not" in unknown.failures[0], unknown.failures
    assert school.agent.checksums() == before and school.agent.running


def test_a_killed_run_and_a_failed_proof_are_undone(school, tasks):
    whole = connect(tasks, school)
    assert whole.status == 0, whole.output
    written = next(number for number, item in enumerate(whole.results, 1) if item["task"].endswith("Compare agent.cfg with the inventory")
                   and item["status"] == "changed")
    before = school.agent.checksums()
    killed = connect(tasks, school, kill_after=written, **OTHER_YEAR)
    assert killed.status == -9 and "2025-2026" in school.agent.config.read_text() and not school.agent.running
    assert len(open_points(school)) == 1
    waits = connect(tasks, school)
    assert "Another run began to change this agent" in waits.failures[0] and "Remedy: wait" in waits.failures[0], waits.failures
    taken = connect(tasks, school, sif_agent_take_over=True)
    assert taken.status == 0 and "was interrupted" in taken.output, taken.output
    assert school.agent.checksums() == before and school.agent.running and not open_points(school)

    school.zis.zone(functional.CANVAS).fault("refuse_registration", agent="PowerSchool", times=1)
    failed = connect(tasks, school, sif_agent_proof_timeout=4, **OTHER_YEAR)
    for words in ("does not confirm it", "Restored as before this run", "the ZIS confirms it, as it was connected before this run"):
        assert words in failed.failures[-1], failed.failures
    assert school.agent.checksums() == before and school.agent.running and not open_points(school)
    assert school.seen()["sleeping"] is False and school.windows.left_behind() == []


def test_rollback_in_all_its_forms(school, tasks):
    assert connect(tasks, school).status == 0
    connected = school.agent.checksums()
    assert connect(tasks, school, **OTHER_YEAR).status == 0
    changed = school.agent.checksums()
    school.windows.trips()
    listed = tasks.plays.run(ROLLBACK, {"ps": school.variables}, "-e", "sif_agent_rollback_list=true")
    assert listed.status == 0 and listed.output.count(" proved: ") == 2 and not listed.changed, listed.output
    check = tasks.plays.run(ROLLBACK, {"ps": school.variables}, "--check", "--diff")
    assert check.status == 0 and len(check.changed) == 1, check.output
    assert any(item["result"].get("put_back") == [CONFIG] for item in check.results), check.output
    assert school.agent.checksums() == changed and school.agent.running
    assert set(school.windows.trips()) <= {"win_find", "win_service_info", "win_stat", "slurp", "win_powershell"}
    unknown = tasks.plays.run(ROLLBACK, {"ps": school.variables}, "-e", "sif_agent_restore_point=yesterday")
    assert "There is no restore point yesterday" in unknown.failures[0], unknown.failures

    newest = sorted(path.name for path in (school.agent.directory / "restore-points").glob("2*"))[-1]
    named = ("-e", f"sif_agent_restore_point={newest}")
    back = tasks.plays.run(ROLLBACK, {"ps": school.variables}, *named)
    assert back.status == 0 and school.agent.checksums() == connected, back.output
    again = tasks.plays.run(ROLLBACK, {"ps": school.variables}, *named)
    assert again.status == 0 and school.agent.checksums() == connected and school.agent.running, again.output
    assert len(list((school.agent.directory / "restore-points").glob("2*"))) == 3, "a rollback of nothing left a point"


def test_verify_finds_what_is_wrong_and_changes_nothing(school, tasks):
    assert connect(tasks, school).status == 0
    healthy = tasks.plays.run(VERIFY, {"ps": school.variables})
    assert (healthy.status, healthy.changed) == (0, []), healthy.output
    assert [name for name, check in checks(healthy).items() if check["result"] == "fail"] == []

    text = school.agent.config.read_bytes()
    school.agent.config.write_bytes(text.replace(b"2026-2027", b"2024-2025").replace(b'"Pull"', b'"Push"'))
    plain = school.windows.place(f"{JRE}\\lib\\security\\cacerts")
    removed = {"path": f"{JRE}\\lib\\security\\cacerts", "password": STORE_PASSWORD, "certificates": [{"alias": "kimono", "state": "absent"}]}
    assert tasks.run(school.windows, {"k12.sif.truststore": removed}).status == 0
    before = school.agent.checksums(), plain.read_bytes()
    ill = tasks.plays.run(VERIFY, {"ps": school.variables})
    found = checks(ill)
    assert ill.status != 0 and ill.changed == [], ill.output
    assert {name for name, check in found.items() if check["result"] == "fail"} >= {"school_year", "trust_store", "certificate", "mode"}, found
    assert f"{JRE}\\lib\\security\\cacerts" in found["trust_store"]["evidence"]
    assert (school.agent.checksums(), plain.read_bytes()) == before and school.agent.running
