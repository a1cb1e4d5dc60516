// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.mapping;

import k12.lab.config.AdkException;
import k12.lab.config.Dom;
import org.w3c.dom.Element;

/** A {@code <list>}: rules for each row of a child table. This agent has no such tables and sends none. */
public final class ListMapping implements Mapping {
    private final String child;
    private final String path;

    private ListMapping(String child, String path) {
        this.child = child;
        this.path = path;
    }

    /** Every element in a list that is not a list is read as a field, whatever its name. */
    static ListMapping read(String objectType, Element element) throws AdkException {
        ListMapping list = new ListMapping(element.getAttribute("child"), element.getAttribute("xPath"));
        for (Element item : Dom.children(element)) {
            if (item.getNodeName().equalsIgnoreCase("list")) {
                read(objectType, item);
            } else {
                FieldMapping.read(objectType, item);
            }
        }
        return list;
    }

    @Override
    public String key() {
        return path;
    }

    @Override
    public String toString() {
        return "List Field: " + child + ": XPath: " + path;
    }
}
