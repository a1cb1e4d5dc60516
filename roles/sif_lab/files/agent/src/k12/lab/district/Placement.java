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
