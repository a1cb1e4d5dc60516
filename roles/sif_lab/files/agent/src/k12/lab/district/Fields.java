// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.district;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The application's field names, which README.md lists, and their values. */
final class Fields {
    private static final String[] RACES = {"A", "B", "I", "P", "W"};
    private static final String[] EYES = {"amber", "blue", "brown", "green", "grey"};

    private Fields() {
    }

    static Row school(School school) {
        Map<String, String> fields = new LinkedHashMap<>();
        String refId = RefId.of("school", school.number);
        fields.put("REFID", refId);
        fields.put("SCHOOL_NUMBER", school.number);
        fields.put("SCHOOL_NAME", school.name);
        fields.put("SCHOOL_TYPE", school.type);
        fields.put("LOW_GRADE", school.highGrade < 0 ? null : gradeCode(school.lowGrade));
        fields.put("HIGH_GRADE", school.highGrade < 0 ? null : gradeCode(school.highGrade));
        fields.put("SCHOOL_URL", "https://school" + school.number + ".district.example/");
        fields.put("PRINCIPAL", school.highGrade < 0 ? null : "Principal of " + school.name);
        putAddress(fields, Integer.parseInt(school.number));
        return new Row(fields, Map.of("RefId", refId));
    }

    static Row student(Person student, Placement placement) {
        Map<String, String> fields = new LinkedHashMap<>();
        String refId = RefId.of("student", student.number);
        putPerson(fields, student, refId);
        fields.put("STUDENT_NUMBER", String.valueOf(student.number));
        fields.put("DOB", (placement.endYear() - 6 - placement.grade) + birthday(student.number));
        fields.put("ETHNICITY", RACES[student.number % RACES.length]);
        fields.put("LANGUAGE", student.number % 8 == 0 ? "SP" : "EN");
        fields.put("EYECOLOR", EYES[student.number % EYES.length]);
        fields.put("GRADE_LEVEL", gradeCode(placement.grade));
        fields.put("SCHOOL_NUMBER", placement.school.number);
        fields.put("SCHOOL_YEAR", placement.year);
        fields.put("HOMEROOM", placement.school.number + "-" + gradeCode(placement.grade));
        fields.put("GRAD_YEAR", String.valueOf(placement.endYear() + 12 - placement.grade));
        fields.put("STATE_ID", "S" + (900000 + student.number));
        return new Row(fields, Map.of("RefId", refId));
    }

    static Row enrollment(Person student, Placement placement) {
        Map<String, String> fields = new LinkedHashMap<>();
        boolean over = placement.year.equals(District.LAST_YEAR);
        String refId = RefId.of("enrollment", student.number, placement.year);
        String studentRefId = RefId.of("student", student.number);
        String schoolRefId = RefId.of("school", placement.school.number);
        fields.put("REFID", refId);
        fields.put("STUDENT_REFID", studentRefId);
        fields.put("SCHOOL_REFID", schoolRefId);
        fields.put("STUDENT_NUMBER", String.valueOf(student.number));
        fields.put("SCHOOL_NUMBER", placement.school.number);
        fields.put("SCHOOL_YEAR", placement.year);
        fields.put("SIF_SCHOOL_YEAR", String.valueOf(placement.endYear()));
        fields.put("GRADE_LEVEL", gradeCode(placement.grade));
        fields.put("ENTRY_DATE", (placement.endYear() - 1) + "-08-20");
        fields.put("ENTRY_CODE", placement.grade == 0 ? "N" : "R");
        fields.put("EXIT_DATE", over ? placement.endYear() + "-06-05" : null);
        fields.put("EXIT_CODE", over ? (placement.grade == 12 ? "G" : "E") : null);
        fields.put("HOMEROOM", placement.school.number + "-" + gradeCode(placement.grade));
        return new Row(fields, Map.of("RefId", refId, "StudentPersonalRefId", studentRefId,
                "SchoolInfoRefId", schoolRefId, "MembershipType", "Home",
                "TimeFrame", over ? "Historical" : "Current", "SchoolYear", String.valueOf(placement.endYear())));
    }

    static Row staff(Person member, Placement placement) {
        Map<String, String> fields = new LinkedHashMap<>();
        String refId = RefId.of("staff", member.number);
        putPerson(fields, member, refId);
        fields.put("STAFF_NUMBER", String.valueOf(member.number));
        fields.put("TITLE", placement.school.highGrade < 0 ? "Administrator" : "Teacher");
        fields.put("SCHOOL_NUMBER", placement.school.number);
        fields.put("SCHOOL_YEAR", placement.year);
        return new Row(fields, Map.of("RefId", refId));
    }

    private static void putPerson(Map<String, String> fields, Person person, String refId) {
        fields.put("REFID", refId);
        fields.put("LASTNAME", person.lastName);
        fields.put("FIRSTNAME", person.firstName);
        fields.put("MIDDLENAME", person.middleName);
        fields.put("GENDER", person.gender);
        fields.put("EMAIL", person.email());
        fields.put("USERNAME", person.firstName.toLowerCase(Locale.ROOT) + person.number);
        putAddress(fields, person.number);
    }

    private static void putAddress(Map<String, String> fields, int number) {
        fields.put("STREET", number + " Specimen Street");
        fields.put("CITY", "Exampleton");
        fields.put("STATE", "ZZ");
        fields.put("COUNTRY", "US");
        fields.put("ZIP", "00000");
        fields.put("PHONE", String.format("555-01%02d", number % 100));
    }

    /** KG, 01 ... 12 as SIF codes grades. */
    private static String gradeCode(int grade) {
        return grade == 0 ? "KG" : String.format("%02d", grade);
    }

    private static String birthday(int number) {
        return String.format("-%02d-%02d", number % 12 + 1, number % 28 + 1);
    }
}
