// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.district;

import java.util.Map;

/**
 * What the application knows about one object: the fields that mapping rules can name, and the
 * attributes that the object carries whatever the mappings say.
 */
public final class Row {
    private final Map<String, String> fields;
    private final Map<String, String> attributes;

    Row(Map<String, String> fields, Map<String, String> attributes) {
        this.fields = fields;
        this.attributes = attributes;
    }

    /** By field name; a field without a value is present with null. */
    public Map<String, String> fields() {
        return fields;
    }

    public Map<String, String> attributes() {
        return attributes;
    }
}
