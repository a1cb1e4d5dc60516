package k12.lab.object;

/** Escapes text for element content and attribute values. */
public final class Xml {
    private Xml() {
    }

    public static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
