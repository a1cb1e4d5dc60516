// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.object;

import java.util.Locale;
import java.util.Map;

/**
 * What a state messaging plug-in does in the zones where it is on: it alters students, whatever the
 * mappings say, and sends state objects of its own. A test can see both.
 */
public final class StatePlugin {
    /** The object that only the plug-in sends, as SIF_Event. */
    public static final String OBJECT = "StudentSnapshot";

    private StatePlugin() {
    }

    /** The state wants names in capitals. */
    public static void alter(Map<String, String> fields) {
        fields.computeIfPresent("LASTNAME", (name, value) -> value.toUpperCase(Locale.ROOT));
    }

    /** Every student carries the state's own number. */
    public static void complete(SifNode student, Map<String, String> fields) {
        if (student.children().stream().noneMatch(child -> child.name().equals("StateProvinceId"))) {
            student.add("StateProvinceId").setText(fields.get("STATE_ID"));
        }
    }

    /** The state's snapshot of a student. */
    public static SifNode snapshot(Map<String, String> fields) {
        SifNode snapshot = new SifNode(OBJECT);
        snapshot.attributes().put("SnapDate", fields.get("SCHOOL_YEAR").substring(0, 4) + "-10-01");
        snapshot.attributes().put("StudentPersonalRefId", fields.get("REFID"));
        snapshot.add("StateProvinceId").setText(fields.get("STATE_ID"));
        snapshot.add("SchoolYear").setText(fields.get("SCHOOL_YEAR").substring(5));
        return snapshot;
    }
}
