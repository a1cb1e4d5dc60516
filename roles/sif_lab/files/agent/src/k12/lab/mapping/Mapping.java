package k12.lab.mapping;

/** One entry of an object's rules: a field or a list of fields. */
public interface Mapping {
    /** What must be unique among the rules of an object. */
    String key();
}
