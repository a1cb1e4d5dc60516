# Developer machinery; docs/development.md tells what each part does. Everything goes to .venv and .cache.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup lint sanity unit windows windows-java functional image molecule comparison report-check docs-check demo test clean

# Exported, so that the scripts see what stands on make's command line: the Python to use, whether the lab stays up.
export PYTHON KEEP

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

setup: ## Prepare this clone: .venv, Ansible's path, missing system packages (says what it installs and why)
	@tools/setup

lint: setup ## ansible-lint (profile production), yamllint, shellcheck, ruff
	@tools/lint

sanity: setup ## ansible-test sanity, without ignore files
	@tools/sanity

unit: setup ## The unit tests (pytest)
	@tools/pytest tests/unit

windows: setup ## Windows hosts, emulated: what Ansible sends is real, what answers is not
	@tools/pytest tests/windows

windows-java: setup ## A Java for Windows, under wine: it reads our stores, connects, and shows what open files refuse
	@tools/windows-java

functional: setup ## The playbooks against a lab of plain processes on this machine
	@tools/pytest tests/functional

image: setup ## What an execution environment for AWX holds: found by ansible-builder, and to be had together
	@tools/image-check

molecule: setup ## All scenarios in podman containers with systemd
	@tools/molecule

comparison: setup ## The trust store module side by side with the generic one: its defects, and the time of both
	@tools/pytest tests/comparison --numprocesses 0 -rxX -s

report-check: setup ## The report and the request in headless Chromium: load time, keyboard, contrast, print; pictures in build/
	@tools/report-check

docs-check: setup ## antsibull-docs: documentation of plugins and roles
	@tools/docs-check

demo: setup ## Connect lab agents to a lab ZIS on this machine, without containers; KEEP=1 leaves it running
	@. tools/env.sh && tools/demo

test: setup ## Everything that must pass: lint, documentation, unit tests, sanity, plays, pages, scenarios; with a table of times
	@tools/run-parts --beside molecule lint docs-check sanity --join unit windows windows-java functional image report-check

clean: ## Remove .venv, .cache and what the scenarios left
	@tools/clean
