// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.district;

/** A school of the built-in district. */
final class School {
    final String number;
    final String name;
    final String type;
    final int lowGrade;
    final int highGrade;

    School(String number, String name, String type, int lowGrade, int highGrade) {
        this.number = number;
        this.name = name;
        this.type = type;
        this.lowGrade = lowGrade;
        this.highGrade = highGrade;
    }

    boolean teaches(int grade) {
        return grade >= lowGrade && grade <= highGrade;
    }
}
