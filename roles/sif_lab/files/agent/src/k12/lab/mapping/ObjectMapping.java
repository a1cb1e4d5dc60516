// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.mapping;

import java.util.ArrayList;
import java.util.List;
import k12.lab.config.AdkException;

/** The rules of one kind of SIF object, in their order. */
public final class ObjectMapping {
    private final String type;
    private final List<Mapping> rules = new ArrayList<>();

    ObjectMapping(String type) {
        this.type = type;
    }

    /** @throws AdkException when a field with the same key is there already; lists are not compared */
    void add(Mapping rule) throws AdkException {
        if (rule instanceof FieldMapping && rules.stream().anyMatch(known -> known.key().equals(rule.key()))) {
            throw new AdkException(AdkException.Kind.MAPPING,
                    "Duplicate field mapping: " + ((FieldMapping) rule).name());
        }
        rules.add(rule);
    }

    public String type() {
        return type;
    }

    public List<Mapping> rules() {
        return rules;
    }
}
