// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.mapping;

import java.util.Locale;
import k12.lab.config.AdkException;
import k12.lab.config.SifVersion;

/** Restricts a field rule to a direction and to SIF versions. */
public final class FieldFilter {
    private final String version;
    private final String direction;

    private FieldFilter(String version, String direction) {
        this.version = version;
        this.direction = direction;
    }

    /** @throws AdkException for a direction other than inbound or outbound; versions are checked at use only */
    static FieldFilter of(String version, String direction, String where) throws AdkException {
        String upper = null;
        if (direction != null) {
            upper = direction.toUpperCase(Locale.ROOT);
            if (!upper.equals("INBOUND") && !upper.equals("OUTBOUND")) {
                throw new AdkException(AdkException.Kind.CONFIG, "Field mapping rule for " + where
                        + " specifies an unknown Direction flag: '" + direction + "'");
            }
        }
        boolean compared = version == null || version.startsWith("=") || version.startsWith("+")
                || version.startsWith("-");
        return new FieldFilter(compared ? version : "=" + version, upper);
    }

    /** With its comparison sign, or null. */
    public String version() {
        return version;
    }

    /** INBOUND, OUTBOUND or null. */
    public String direction() {
        return direction;
    }

    boolean allowsOutbound(SifVersion used) {
        if ("INBOUND".equals(direction)) {
            return false;
        }
        if (version == null) {
            return true;
        }
        int compared = used.compareTo(SifVersion.parse(version.substring(1)));
        switch (version.charAt(0)) {
            case '+':
                return compared >= 0;
            case '-':
                return compared <= 0;
            default:
                return compared == 0;
        }
    }
}
