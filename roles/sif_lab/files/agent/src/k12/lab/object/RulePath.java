// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.object;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The path of a mapping rule, such as {@code Name[@Type='04']/LastName}, {@code @RefId} or
 * {@code OtherIdList/OtherId[@Type='9999'+]}.
 *
 * <p>Conditions are joined by "and" or, in the old style, by a comma. A plus sign after a value asks
 * for another element even when one fits.
 */
final class RulePath {
    private static final Pattern STEP = Pattern.compile("([A-Za-z_][\\w.:-]*)((?:\\[[^\\]]*\\])*)");
    private static final Pattern CONDITION = Pattern.compile("(@?[A-Za-z_][\\w.:-]*)\\s*=\\s*'([^']*)'\\s*(\\+?)");

    /** One element of a path with the attributes and child values that it must have. */
    private static final class Step {
        private final String name;
        private final Map<String, String> conditions = new LinkedHashMap<>();
        private boolean another;

        private Step(String name) {
            this.name = name;
        }

        private boolean fits(SifNode node) {
            return node.name().equals(name) && conditions.entrySet().stream()
                    .allMatch(condition -> condition.getValue().equals(valueOf(node, condition.getKey())));
        }

        private static String valueOf(SifNode node, String key) {
            if (key.startsWith("@")) {
                return node.attributes().get(key.substring(1));
            }
            return node.children().stream().filter(child -> child.name().equals(key)).findFirst()
                    .map(SifNode::text).orElse(null);
        }
    }

    private final List<Step> steps = new ArrayList<>();
    private String attribute;

    /** @throws IllegalArgumentException when the text is not such a path */
    RulePath(String text) {
        String rest = text.trim();
        while (!rest.isEmpty()) {
            if (rest.startsWith("@")) {
                attribute = rest.substring(1);
                return;
            }
            Matcher step = STEP.matcher(rest);
            if (!step.lookingAt()) {
                throw new IllegalArgumentException("Invalid XPath: '" + text + "'");
            }
            steps.add(readStep(step.group(1), step.group(2), text));
            rest = rest.substring(step.end());
            if (rest.startsWith("/")) {
                rest = rest.substring(1);
            } else if (!rest.isEmpty()) {
                throw new IllegalArgumentException("Invalid XPath: '" + text + "'");
            }
        }
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("must specify a path to an element or attribute");
        }
    }

    private static Step readStep(String name, String predicates, String text) {
        Step step = new Step(name);
        String inner = predicates.replace("][", " and ").replaceAll("^\\[|\\]$", "");
        if (!inner.isEmpty()) {
            for (String part : inner.split("\\s+and\\s+|\\s*,\\s*")) {
                Matcher condition = CONDITION.matcher(part.trim());
                if (!condition.matches()) {
                    throw new IllegalArgumentException("Invalid XPath: '" + text + "'");
                }
                step.conditions.put(condition.group(1), condition.group(2));
                step.another |= !condition.group(3).isEmpty();
            }
        }
        return step;
    }

    /**
     * Makes the path below the root and puts the value there, unless there is one already.
     *
     * @throws IllegalArgumentException for an element or attribute that its parent does not know
     */
    void assign(SifNode root, String value) {
        SifNode node = root;
        for (Step step : steps) {
            node = child(node, step);
        }
        if (attribute == null) {
            if (node.text() == null) {
                node.setText(value);
            }
        } else {
            require(node, "@" + attribute);
            node.attributes().putIfAbsent(attribute, value);
        }
    }

    private static SifNode child(SifNode parent, Step step) {
        if (!step.another) {
            for (SifNode existing : parent.children()) {
                if (step.fits(existing)) {
                    return existing;
                }
            }
        }
        require(parent, step.name);
        SifNode created = parent.add(step.name);
        step.conditions.forEach((key, value) -> {
            require(created, key);
            if (key.startsWith("@")) {
                created.attributes().put(key.substring(1), value);
            } else {
                created.add(key).setText(value);
            }
        });
        return created;
    }

    private static void require(SifNode parent, String name) {
        if (!ObjectSchema.allows(parent.name(), name)) {
            String shown = name.startsWith("@") ? name.substring(1) : name;
            throw new IllegalArgumentException(shown + " is not a recognized element of " + parent.name());
        }
    }

    /** The values that this path finds below the root. */
    List<String> values(SifNode root) {
        List<SifNode> nodes = List.of(root);
        for (Step step : steps) {
            List<SifNode> next = new ArrayList<>();
            nodes.forEach(node -> node.children().stream().filter(step::fits).forEach(next::add));
            nodes = next;
        }
        List<String> values = new ArrayList<>();
        for (SifNode node : nodes) {
            String value = attribute == null ? node.text() : node.attributes().get(attribute);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }
}
