// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab;

import java.util.ArrayList;
import java.util.List;

/** The arguments after the command: {@code --config FILE}, known flags, and words. */
final class Arguments {
    private final List<String> flags = new ArrayList<>();
    private final List<String> words = new ArrayList<>();
    private String config;

    /** @throws IllegalArgumentException when the configuration is not named or a flag is not known */
    Arguments(List<String> arguments, String... knownFlags) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--config") && i + 1 < arguments.size()) {
                config = arguments.get(++i);
            } else if (List.of(knownFlags).contains(argument)) {
                flags.add(argument);
            } else if (argument.startsWith("--")) {
                throw new IllegalArgumentException("unknown option " + argument);
            } else {
                words.add(argument);
            }
        }
        if (config == null) {
            throw new IllegalArgumentException("--config FILE is missing");
        }
    }

    String config() {
        return config;
    }

    boolean has(String flag) {
        return flags.contains(flag);
    }

    List<String> words() {
        return words;
    }
}
