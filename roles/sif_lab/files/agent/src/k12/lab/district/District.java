// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.district;

import java.util.ArrayList;
import java.util.List;

/**
 * The built-in district: four schools and the district office, 200 students and their staff, in two
 * school years. It is computed, so it is the same at every start.
 *
 * <p>Of ten students one left after the first year and one came in the second; whoever was in grade
 * 12 has left as well. The first teacher of each school left after the first year too.
 */
final class District {
    static final String LAST_YEAR = "2025-2026";
    static final String THIS_YEAR = "2026-2027";
    private static final int STUDENTS = 200;
    private static final int FIRST_STUDENT = 1001;
    private static final int FIRST_STAFF = 5001;
    private static final int STAFF_PER_SCHOOL = 5;
    private static final int GRADES = 13;

    static final List<School> SCHOOLS = List.of(
            new School("001", "District Office", "District", 0, -1),
            new School("100", "Alder Elementary", "Elementary", 0, 5),
            new School("200", "Birch Middle", "Middle", 6, 8),
            new School("300", "Cedar High", "High", 9, 12),
            new School("400", "Dogwood Academy", "Academy", 0, 12));
    static final List<Person> STUDENT_LIST = students();
    static final List<Person> STAFF_LIST = staff();

    private District() {
    }

    private static List<Person> students() {
        List<Person> students = new ArrayList<>();
        for (int i = 0; i < STUDENTS; i++) {
            Person student = new Person(FIRST_STUDENT + i);
            boolean academy = i % 4 == 3;
            int gradeLastYear = i % GRADES;
            if (i % 10 != 9) {
                student.placements.add(new Placement(LAST_YEAR, schoolFor(gradeLastYear, academy), gradeLastYear));
            }
            int grade = i % 10 == 9 ? gradeLastYear : gradeLastYear + 1;
            if (i % 10 != 8 && grade < GRADES) {
                student.placements.add(new Placement(THIS_YEAR, schoolFor(grade, academy), grade));
            }
            students.add(student);
        }
        return students;
    }

    private static School schoolFor(int grade, boolean academy) {
        School dogwood = SCHOOLS.get(4);
        return academy ? dogwood : SCHOOLS.stream().filter(school -> school.teaches(grade)).findFirst().orElse(dogwood);
    }

    private static List<Person> staff() {
        List<Person> staff = new ArrayList<>();
        for (School school : SCHOOLS) {
            for (int i = 0; i < STAFF_PER_SCHOOL; i++) {
                Person member = new Person(FIRST_STAFF + staff.size());
                member.placements.add(new Placement(LAST_YEAR, school, -1));
                if (i > 0) {
                    member.placements.add(new Placement(THIS_YEAR, school, -1));
                }
                staff.add(member);
            }
        }
        return staff;
    }
}
