// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.district;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;

/** GUIDs as SIF writes them, always the same for the same thing. */
final class RefId {
    private RefId() {
    }

    static String of(String kind, Object... key) {
        StringBuilder name = new StringBuilder("k12.lab/" + kind);
        for (Object part : key) {
            name.append('/').append(part);
        }
        UUID uuid = UUID.nameUUIDFromBytes(name.toString().getBytes(StandardCharsets.UTF_8));
        return uuid.toString().replace("-", "").toUpperCase(Locale.ROOT);
    }
}
