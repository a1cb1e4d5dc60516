// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab;

import java.util.List;
import k12.lab.config.AgentConfig;
import k12.lab.config.Dom;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * {@code console --config FILE ACTION}: changes one setting and saves, as the console of a product
 * does; the file is written anew as a whole.
 */
final class ConsoleCommand {
    private static final String USAGE = "actions: save | set-year ZONE YEAR | set-schools ZONE NUMBER,... (or all)"
            + " | set-smp ZONE on|off | set-mode ZONE Pull|Push | set-property agent|template:ID|zone:ID NAME VALUE";

    private final AgentConfig config;

    private ConsoleCommand(AgentConfig config) {
        this.config = config;
    }

    static int run(List<String> arguments) throws Exception {
        Arguments parsed = new Arguments(arguments);
        AgentConfig config = AgentConfig.read(parsed.config());
        new ConsoleCommand(config).apply(parsed.words());
        config.save();
        return 0;
    }

    /** {@code save FILE...}: reads each file and writes it anew, as the console does when nothing is changed. */
    static int save(List<String> files) throws Exception {
        for (String file : files) {
            AgentConfig.read(file).save();
        }
        return 0;
    }

    private void apply(List<String> words) {
        String action = words.isEmpty() ? "" : words.get(0);
        if (action.equals("save")) {
            return;
        }
        if (words.size() != (action.equals("set-property") ? 4 : 3)) {
            throw new IllegalArgumentException(USAGE);
        }
        switch (action) {
            case "set-year":
                setProperty(zone(words.get(1)), "lab.schoolYear", words.get(2));
                break;
            case "set-schools":
                setSchools(zone(words.get(1)), words.get(2));
                break;
            case "set-smp":
                setStateMessaging(zone(words.get(1)), words.get(2));
                break;
            case "set-mode":
                setProperty(zone(words.get(1)), "adk.messaging.mode", words.get(2));
                break;
            case "set-property":
                setProperty(holder(words.get(1)), words.get(2), words.get(3));
                break;
            default:
                throw new IllegalArgumentException(USAGE);
        }
    }

    private Element holder(String level) {
        if (level.equals("agent")) {
            return found(config.root(), level);
        }
        if (level.startsWith("template:")) {
            return found(config.template(level.substring("template:".length())), level);
        }
        if (level.startsWith("zone:")) {
            return zone(level.substring("zone:".length()));
        }
        throw new IllegalArgumentException(USAGE);
    }

    private Element zone(String id) {
        return found(config.zone(id), "zone " + id);
    }

    private static Element found(Element element, String what) {
        if (element == null) {
            throw new IllegalArgumentException("there is no " + what + " in the configuration");
        }
        return element;
    }

    /** Changes the first property of this name, even a disabled one, or appends a new one. */
    private static void setProperty(Element holder, String name, String value) {
        Element property = Dom.childWith(holder, "property", "name", name);
        if (property == null) {
            property = append(holder, "property");
        }
        property.setAttribute("name", name);
        property.setAttribute("value", value);
    }

    private static void setSchools(Element zone, String numbers) {
        Dom.children(zone, "schools").forEach(zone::removeChild);
        if (numbers.equals("all")) {
            return;
        }
        Element schools = append(zone, "schools");
        for (String number : numbers.split(",")) {
            if (!number.isEmpty()) {
                append(schools, "school").setAttribute("number", number);
            }
        }
    }

    private static void setStateMessaging(Element zone, String onOff) {
        if (!onOff.equals("on") && !onOff.equals("off")) {
            throw new IllegalArgumentException(USAGE);
        }
        Element plugin = Dom.childWith(zone, "plugin", "name", "StateMessaging");
        if (plugin == null) {
            plugin = append(zone, "plugin");
        }
        plugin.setAttribute("name", "StateMessaging");
        plugin.setAttribute("enabled", String.valueOf(onOff.equals("on")));
    }

    private static Element append(Node parent, String name) {
        Element element = parent.getOwnerDocument().createElement(name);
        parent.appendChild(element);
        return element;
    }
}
