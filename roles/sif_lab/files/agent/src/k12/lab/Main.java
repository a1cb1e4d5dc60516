// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab;

import java.util.Arrays;
import java.util.List;

/** The command line: check, run, console or save. */
public final class Main {
    private static final String USAGE = String.join(System.lineSeparator(),
            "usage: java -jar lab-agent.jar check FILE...",
            "       java -jar lab-agent.jar run --config FILE [--save-at-start] [--save-at-stop]",
            "       java -jar lab-agent.jar console --config FILE ACTION...",
            "       java -jar lab-agent.jar save FILE...");

    private Main() {
    }

    public static void main(String[] args) throws Exception {
        try {
            dispatch(Arrays.asList(args));
        } catch (IllegalArgumentException misuse) {
            System.err.println(misuse.getMessage());
            System.err.println(USAGE);
            exit(2);
        }
    }

    private static void dispatch(List<String> arguments) throws Exception {
        String command = arguments.isEmpty() ? "" : arguments.get(0);
        List<String> rest = arguments.isEmpty() ? arguments : arguments.subList(1, arguments.size());
        switch (command) {
            case "check":
                exit(CheckCommand.run(rest));
                break;
            case "run":
                exit(RunCommand.run(rest));
                break;
            case "console":
                exit(ConsoleCommand.run(rest));
                break;
            case "save":
                exit(ConsoleCommand.save(rest));
                break;
            default:
                throw new IllegalArgumentException("no such command: '" + command + "'");
        }
    }

    private static void exit(int status) {
        System.out.flush();
        System.exit(status);
    }
}
