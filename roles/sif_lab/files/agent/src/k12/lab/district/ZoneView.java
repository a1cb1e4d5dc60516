// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.district;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import k12.lab.config.Dom;
import k12.lab.config.Zone;
import org.w3c.dom.Element;

/** The part of the district that one zone may see: its school year, its schools, its state plug-in. */
public final class ZoneView {
    /** The kinds of object that this agent provides. */
    public static final List<String> OBJECTS =
            List.of("SchoolInfo", "StudentPersonal", "StudentSchoolEnrollment", "StaffPersonal");
    private static final String YEAR = "lab.schoolYear";
    private static final String STATE_PLUGIN = "StateMessaging";

    private final String year;
    private final Set<String> schools;
    private final boolean stateMessaging;

    public ZoneView(Zone zone) {
        year = zone.properties().get(YEAR, "");
        schools = selectedSchools(zone.element());
        stateMessaging = stateMessaging(zone.element());
    }

    /** Null when the zone says nothing about schools, which means all of them. */
    private static Set<String> selectedSchools(Element zone) {
        List<Element> lists = Dom.children(zone, "schools");
        if (lists.isEmpty()) {
            return null;
        }
        Set<String> numbers = new HashSet<>();
        Dom.children(lists.get(0), "school").forEach(school -> numbers.add(Dom.attribute(school, "number")));
        return numbers;
    }

    /** The zone's own plug-in setting, else the agent's, else off. */
    private static boolean stateMessaging(Element zone) {
        for (Element holder : List.of(zone, (Element) zone.getParentNode())) {
            Element plugin = Dom.childWith(holder, "plugin", "name", STATE_PLUGIN);
            if (plugin != null) {
                return Dom.isTrueOrYes(Dom.attribute(plugin, "enabled"));
            }
        }
        return false;
    }

    public boolean hasStateMessaging() {
        return stateMessaging;
    }

    /** What the application has for one kind of object, or null for a kind it does not provide. */
    public List<Row> rows(String object) {
        List<Row> rows = new ArrayList<>();
        switch (object) {
            case "SchoolInfo":
                District.SCHOOLS.stream().filter(this::shares).forEach(school -> rows.add(Fields.school(school)));
                return rows;
            case "StudentPersonal":
                District.STUDENT_LIST.forEach(student -> shared(student).stream().reduce((first, last) -> last)
                        .ifPresent(latest -> rows.add(Fields.student(student, latest))));
                return rows;
            case "StudentSchoolEnrollment":
                District.STUDENT_LIST.forEach(student -> shared(student)
                        .forEach(placement -> rows.add(Fields.enrollment(student, placement))));
                return rows;
            case "StaffPersonal":
                District.STAFF_LIST.forEach(member -> shared(member).stream().reduce((first, last) -> last)
                        .ifPresent(latest -> rows.add(Fields.staff(member, latest))));
                return rows;
            default:
                return null;
        }
    }

    private boolean shares(School school) {
        return schools == null || schools.contains(school.number);
    }

    private List<Placement> shared(Person person) {
        return person.placements.stream()
                .filter(placement -> shares(placement.school) && (year.isEmpty() || year.equals(placement.year)))
                .collect(Collectors.toList());
    }
}
