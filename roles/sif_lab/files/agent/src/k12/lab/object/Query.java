// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.object;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import k12.lab.config.Dom;
import org.w3c.dom.Element;

/** The conditions of a SIF_Query, applied to finished objects. Elements are matched by local name. */
public final class Query {
    private final Predicate<SifNode> condition;

    /** @throws IllegalArgumentException for a path or an operator that this agent does not know */
    public Query(Element sifQuery) {
        Element group = named(sifQuery, "SIF_ConditionGroup").stream().findFirst().orElse(null);
        condition = group == null ? object -> true : join(group, named(group, "SIF_Conditions").stream()
                .map(conditions -> join(conditions, named(conditions, "SIF_Condition").stream()
                        .map(Query::single).collect(Collectors.toList())))
                .collect(Collectors.toList()));
    }

    public boolean accepts(SifNode object) {
        return condition.test(object);
    }

    private static List<Element> named(Element parent, String localName) {
        return Dom.children(parent).stream().filter(child -> localName.equals(child.getLocalName()))
                .collect(Collectors.toList());
    }

    private static Predicate<SifNode> join(Element holder, List<Predicate<SifNode>> parts) {
        if ("Or".equals(holder.getAttribute("Type"))) {
            return object -> parts.stream().anyMatch(part -> part.test(object));
        }
        return object -> parts.stream().allMatch(part -> part.test(object));
    }

    private static Predicate<SifNode> single(Element sifCondition) {
        RulePath path = new RulePath(text(sifCondition, "SIF_Element"));
        Predicate<Integer> operator = operator(text(sifCondition, "SIF_Operator"));
        String wanted = text(sifCondition, "SIF_Value");
        return object -> path.values(object).stream().anyMatch(value -> operator.test(value.compareTo(wanted)));
    }

    private static String text(Element parent, String localName) {
        return named(parent, localName).stream().findFirst().map(Dom::text).orElse("");
    }

    private static Predicate<Integer> operator(String name) {
        switch (name) {
            case "EQ":
                return compared -> compared == 0;
            case "NE":
                return compared -> compared != 0;
            case "LT":
                return compared -> compared < 0;
            case "LE":
                return compared -> compared <= 0;
            case "GT":
                return compared -> compared > 0;
            case "GE":
                return compared -> compared >= 0;
            default:
                throw new IllegalArgumentException("Unknown SIF_Operator '" + name + "'");
        }
    }
}
