// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.object;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import k12.lab.config.AdkException;
import k12.lab.config.SifVersion;
import k12.lab.mapping.FieldMapping;
import k12.lab.mapping.Mappings;
import k12.lab.mapping.ValueSet;

/** Builds outbound SIF objects from application fields by the rules of the selected mappings. */
public final class ObjectMapper {
    private static final Pattern FIELD = Pattern.compile("\\$\\(([^)]*)\\)");

    private final Mappings mappings;
    private final SifVersion version;

    public ObjectMapper(Mappings mappings, SifVersion version) {
        this.mappings = mappings;
        this.version = version;
    }

    /** @throws AdkException when a rule cannot be evaluated; its text names the rule */
    public SifNode map(String objectType, Map<String, String> fields) throws AdkException {
        SifNode object = new SifNode(objectType);
        for (FieldMapping rule : mappings.outboundRules(objectType, version)) {
            try {
                apply(rule, fields, object);
            } catch (IllegalArgumentException failure) {
                throw new AdkException(AdkException.Kind.MAPPING,
                        "Unable to evaluate field rule: " + rule + " : " + failure.getMessage(), failure);
            }
        }
        return object;
    }

    private void apply(FieldMapping rule, Map<String, String> fields, SifNode object) {
        String source = rule.sourceField();
        if (source.isEmpty()) {
            throw new IllegalArgumentException("Mapping rule for " + object.name() + "[] must specify a field name");
        }
        boolean known = fields.containsKey(source) || rule.defaultValue() != null;
        if (!known || rule.isOtherId()) {
            return;
        }
        // An equals sign after the last bracket separates the path from an expression for the value.
        String text = rule.rule();
        int equals = text.lastIndexOf('=');
        boolean computed = equals > text.lastIndexOf(']');
        RulePath path = new RulePath(computed ? text.substring(0, equals) : text);
        String value = translate(rule, fields.get(source));
        if (value != null && computed) {
            value = evaluate(text.substring(equals + 1), fields);
        }
        if (value == null && !"suppress".equals(rule.ifNull())) {
            value = rule.defaultValue();
        }
        if (value != null) {
            path.assign(object, value);
        }
    }

    private String translate(FieldMapping rule, String value) {
        ValueSet set = rule.valueSet() == null ? null : mappings.valueSet(rule.valueSet());
        return value == null || set == null ? value : set.translate(value, rule.defaultValue());
    }

    private static String evaluate(String expression, Map<String, String> fields) {
        Matcher reference = FIELD.matcher(expression);
        StringBuilder value = new StringBuilder();
        while (reference.find()) {
            String field = fields.get(reference.group(1));
            reference.appendReplacement(value, Matcher.quoteReplacement(field == null ? "" : field));
        }
        return reference.appendTail(value).toString();
    }
}
