// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.district;

import java.util.ArrayList;
import java.util.List;

/** A student or a member of staff. Names are words of nature: nobody is called so. */
final class Person {
    private static final String[] FIRST = {"Amber", "Basil", "Clover", "Dale", "Ember", "Fern", "Garnet", "Hazel",
        "Iris", "Jasper", "Laurel", "Moss", "Onyx", "Reed", "Sage", "Thyme", "Violet", "Wren", "Yarrow", "Zinnia"};
    private static final String[] LAST = {"Testbrook", "Sampleton", "Mockridge", "Fauxmoor", "Demofield", "Dummyvale",
        "Labwood", "Exampleby", "Trialstone", "Proofwell", "Draftley", "Modelgate", "Fixturehill"};

    final int number;
    final String firstName;
    final String middleName;
    final String lastName;
    final String gender;
    final List<Placement> placements = new ArrayList<>();

    Person(int number) {
        this.number = number;
        firstName = FIRST[number % FIRST.length];
        lastName = LAST[number * 7 % LAST.length];
        // Some have no middle name, so that ifnull and default of a rule can be seen.
        middleName = number % 3 == 0 ? null : FIRST[number * 3 % FIRST.length];
        gender = number % 2 == 0 ? "F" : "M";
    }

    String email() {
        return firstName.toLowerCase(java.util.Locale.ROOT) + number + "@district.example";
    }
}
