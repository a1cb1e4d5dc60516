// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.mapping;

/** One entry of an object's rules: a field or a list of fields. */
public interface Mapping {
    /** What must be unique among the rules of an object. */
    String key();
}
