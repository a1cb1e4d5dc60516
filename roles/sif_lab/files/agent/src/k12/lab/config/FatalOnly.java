// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.config;

import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXParseException;

/** Lets the parser stop at what is not well-formed and pass over what is only not valid. */
final class FatalOnly implements ErrorHandler {
    @Override
    public void warning(SAXParseException exception) {
        // not an error for the agent
    }

    @Override
    public void error(SAXParseException exception) {
        // validation is off
    }

    @Override
    public void fatalError(SAXParseException exception) throws SAXParseException {
        throw exception;
    }
}
