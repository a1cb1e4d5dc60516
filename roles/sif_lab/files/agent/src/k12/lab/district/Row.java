package k12.lab.district;

import java.util.Map;

/**
 * What the application knows about one object: the fields that mapping rules can name, and the
 * attributes that the object carries whatever the mappings say.
 */
public final class Row {
    private final Map<String, String> fields;
    private final Map<String, String> attributes;

    Row(Map<String, String> fields, Map<String, String> attributes) {
        this.fields = fields;
        this.attributes = attributes;
    }

    /** By field name; a field without a value is present with null. */
    public Map<String, String> fields() {
        return fields;
    }

    public Map<String, String> attributes() {
        return attributes;
    }
}
