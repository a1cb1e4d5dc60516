// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.district;

/** That someone belongs to a school in a school year; for students also the grade, 0 being kindergarten. */
final class Placement {
    final String year;
    final School school;
    final int grade;

    Placement(String year, School school, int grade) {
        this.year = year;
        this.school = school;
        this.grade = grade;
    }

    /** The calendar year in which the school year ends, as SIF writes a school year. */
    int endYear() {
        return Integer.parseInt(year.substring(5));
    }
}
